"""Which of the recorded messages a live one is: the same, one of the same structure, or none."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import orjson

from smartsandbox.packs.model import Message, MessageKind

_NOTHING = object()


class Likeness(IntEnum):
    """From the least to the greatest."""

    NONE = 0
    STRUCTURE = 1
    """JSON with the same names and types."""
    SAME = 2
    """The same bytes, or the same JSON value."""


class Known:
    """A live message that is compared with several recorded ones: it is read once."""

    __slots__ = ("_kind", "_payload", "_structure", "_value")

    def __init__(self, kind: MessageKind, payload: bytes) -> None:
        self._kind, self._payload = kind, payload
        self._value: Any = _json(kind, payload)
        self._structure = None if self._value is _NOTHING else _structure(self._value)

    def like(self, recorded: Message) -> Likeness:
        """How much a recorded message is like this one."""
        if recorded.kind is not self._kind:
            return Likeness.NONE
        if recorded.payload == self._payload or self._kind is MessageKind.CLOSE:
            return Likeness.SAME
        value = _NOTHING if self._value is _NOTHING else _json(recorded.kind, recorded.payload)
        if value is _NOTHING:
            return Likeness.NONE
        if value == self._value:
            return Likeness.SAME
        return Likeness.STRUCTURE if _structure(value) == self._structure else Likeness.NONE


def _json(kind: MessageKind, payload: bytes) -> Any:
    if kind is not MessageKind.TEXT:
        return _NOTHING
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return _NOTHING


def _structure(value: Any) -> Any:
    """Names and types; a list has the structures of its items, each once."""
    if isinstance(value, dict):
        return {name: _structure(inner) for name, inner in value.items()}
    if isinstance(value, list):
        kinds = {orjson.dumps(_structure(inner), option=orjson.OPT_SORT_KEYS) for inner in value}
        return ["list", *sorted(kind.decode() for kind in kinds)]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
