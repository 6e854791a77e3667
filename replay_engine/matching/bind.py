"""Binds a live request to the recorded one that answers it: which recorded values stand for which asked ones."""

from __future__ import annotations

from collections.abc import Iterator

from smartsandbox.packs.matching.fields import Field
from smartsandbox.packs.matching.graphql import Document, renamed
from smartsandbox.packs.matching.ids import is_id
from smartsandbox.packs.matching.view import View
from smartsandbox.replay_engine.matching.echo import Echo

_SCALARS = ("s:", "n:")


def bound(asked: View, recorded: View) -> Echo | None:
    """What the recorded answer has to change, or None where it cannot be told in the asked names."""
    names = _names(asked, recorded)
    if names is None:
        return None
    theirs = recorded.values
    ids = {theirs[name]: value for name, value in asked.values.items() if theirs.get(name, value) != value}
    repeats: dict[tuple[str, str], str] = {}
    for was, now in _differing(asked, recorded):
        if is_id(was) and is_id(now):
            ids.setdefault(was.value[2:], now.value[2:])
        else:
            name = next((step for step in reversed(was.place) if isinstance(step, str)), "")
            repeats.setdefault((name, was.value), now.value)
    return Echo(ids, repeats, names)


def _differing(asked: View, recorded: View) -> Iterator[tuple[Field, Field]]:
    """Texts and numbers at one place that are not equal: first the recorded, then the asked one."""
    now = {(field.part, field.place): field for field in asked.fields}
    for was in recorded.fields:
        other = now.get((was.part, was.place))
        if other is not None and other.value != was.value and {was.value[:2], other.value[:2]} <= {*_SCALARS}:
            yield was, other


def _names(asked: View, recorded: View) -> dict[str, str] | None:
    names: dict[str, str] = {}
    for was, now in zip(_documents(recorded), _documents(asked), strict=False):
        if was is None or now is None or was.full == now.full:
            continue
        found = renamed(was, now)
        if found is None:
            return None
        names.update(found)
    return names


def _documents(view: View) -> list[Document | None]:
    return [operation.document for operation in view.operations]
