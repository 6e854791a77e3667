"""Declared places in the messages of a WebSocket, answered from what the client said last and from its handshake.

An expression that has no value leaves the recorded one in its place, and is counted. What it is given is known to
whichever process holds the connection: nothing of the session's state but its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Message, MessageKind
from smartsandbox.replay_engine.json_spans import Span, spans, spliced
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.rewriting.described import Describer
from smartsandbox.replay_engine.serve.rewriting.expressions import ExpressionError, affordable
from smartsandbox.replay_engine.serve.rewriting.template_rules import Template
from smartsandbox.replay_engine.serve.websocket.counts import SocketCounts


class MessageTemplates:
    """The rules of one server that are about messages. Raises UsageError for an endpoint that the pack has not."""

    def __init__(self, rows: Rows, rules: Sequence[Template]) -> None:
        self._rows = rows
        names = set(rows.endpoint.names)
        for rule in rules:
            if rule.place.endpoint not in names:
                known = ", ".join(sorted(names)[:5])
                raise UsageError(f"templates name endpoint {rule.place.endpoint!r}; the pack has {known}, ...")
        self._rules = tuple(rules)
        self._describer = Describer(rule.place.endpoint for rule in rules)

    def of(
        self, request: LiveRequest, row: int, session: str, now: Callable[[], str], counts: SocketCounts
    ) -> Filling | None:
        """What fills the messages of the WebSocket that a row's answer opens; None where nothing is declared."""
        endpoint = self._rows.endpoint.name(row)
        rules = tuple(rule for rule in self._rules if rule.place.endpoint == endpoint)
        return Filling(rules, self._describer.handshake(request, session), now, counts) if rules else None


@dataclass(slots=True)
class Filling:
    """Of one connection; `names` are what expressions are given for all of its messages."""

    rules: tuple[Template, ...]
    names: dict[str, Any]
    now: Callable[[], str]
    counts: SocketCounts
    said: Any = None
    """What the client said last, {} unless that was JSON."""
    number: int = 0

    def hear(self, payload: bytes) -> None:
        """The client's next message."""
        try:
            value = orjson.loads(payload)
        except orjson.JSONDecodeError:
            value = {}
        self.said = value if affordable(value) else {}

    def filled(self, message: Message) -> Message:
        """The server's next message, with values in the places that the rules name."""
        self.number += 1
        if message.kind is not MessageKind.TEXT:
            return message
        places, changes = spans(message.payload), dict[Span, bytes]()
        for rule in self.rules:
            place = places.get(rule.place.message or "")
            if place is not None:
                self._fill(rule, place, message.payload, changes)
        return replace(message, payload=spliced(message.payload, changes)) if changes else message

    def _fill(self, rule: Template, place: Span, payload: bytes, changes: dict[Span, bytes]) -> None:
        recorded = orjson.loads(payload[slice(*place)])
        known = {"recorded": recorded if affordable(recorded) else None, "said": self.said or {}}
        try:
            value = rule.value.value({**self.names, **known, "seq": self.number, "now": self.now()})
            changes[place] = orjson.dumps(value)
        except (ExpressionError, TypeError):
            self.counts.unfilled += 1
        else:
            self.counts.filled += 1
