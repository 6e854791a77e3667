"""Ids that a session made up or was given outside of the pack, and the recorded ids that stand for them.

A session that was answered with an exchange of another id goes on under its own: later requests with that id are
looked up under the recorded one, and answers come back under the session's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, quote, unquote, urlencode

from immutables import Map

from smartsandbox.packs.matching.asked import Asked
from smartsandbox.replay_engine.matching.echo import Echo
from smartsandbox.replay_engine.sessions import Session

LIMIT = 1000
"""Ids that one session may bring; with more, those that it brought before are forgotten."""

_NAME = "ids bound"
_NONE: Map[str, str] = Map()


class Bindings:
    """The ids of one session, kept in it; without a session, for as long as this object lives."""

    __slots__ = ("_session",)

    def __init__(self, session: Session | None = None) -> None:
        self._session = session or Session("")

    @property
    def _maps(self) -> tuple[Map[str, str], Map[str, str]]:
        """Asked id to recorded id, and recorded id to the one last asked for it."""
        maps: tuple[Map[str, str], Map[str, str]] = self._session.get(_NAME, (_NONE, _NONE))
        return maps

    def add(self, ids: Mapping[str, str]) -> None:
        """Take up what `bind.bound` found: recorded id to asked id."""
        if not ids:
            return
        recorded, asked = self._maps if len(self._maps[0]) < LIMIT else (_NONE, _NONE)
        recorded = recorded.update({new: old for old, new in ids.items()})
        self._session.put(_NAME, (recorded, asked.update(dict(ids))))

    def __contains__(self, value: str) -> bool:
        """True for the session's ids and for the recorded ones that stand for them."""
        recorded, asked = self._maps
        return value in recorded or value in asked

    def echo(self) -> dict[str, str]:
        """Recorded id to the id that the session last used for it."""
        return dict(self._maps[1])

    def translated(self, asked: Asked) -> Asked | None:
        """The request under recorded ids, or None where it has none of the session's."""
        recorded = self._maps[0]
        if not recorded:
            return None
        path = "/".join(_segment(segment, recorded) for segment in asked.path.split("/"))
        query = _pairs(asked.query, recorded) if asked.query else ""
        body = _body(asked, recorded)
        if (path, query, body) == (asked.path, asked.query, asked.body):
            return None
        return replace(asked, path=path, query=query, body=body)


def _segment(segment: str, recorded: Mapping[str, str]) -> str:
    found = recorded.get(unquote(segment))
    return segment if found is None else quote(found, safe="-._~:@!$&'()*+,=")


def _pairs(text: str, recorded: Mapping[str, str]) -> str:
    pairs = parse_qsl(text, keep_blank_values=True)
    if not any(value in recorded for _, value in pairs):
        return text
    return urlencode([(name, recorded.get(value, value)) for name, value in pairs])


def _body(asked: Asked, recorded: Mapping[str, str]) -> bytes:
    if asked.content_type.startswith("application/x-www-form-urlencoded"):
        return _pairs(asked.body.decode("latin-1"), recorded).encode("latin-1", "replace")
    return Echo(recorded).body(asked.body)
