"""Where each value of a JSON text stands in its bytes, so that one can be replaced and all else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import orjson

from smartsandbox.packs.pointer import escaped

MAX_BYTES = 4 * 1024 * 1024
MAX_VALUES = 100_000
"""Larger texts are taken for texts without values."""

Span = tuple[int, int]

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)


def spans(text: bytes) -> dict[str, Span]:
    """JSON Pointer to the first byte of a value and the one after its last, outer values before inner ones.

    Empty for what is not an object or array, or too large. Of members with the same name the last counts.
    """
    if text[:1] not in (b"{", b"[") and text.lstrip()[:1] not in (b"{", b"["):
        return {}
    if len(text) > MAX_BYTES or not _valid(text):
        return {}
    return _scan(text)


def _valid(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _scan(text: bytes) -> dict[str, Span]:
    found: dict[str, Span] = {}
    open_: list[tuple[str, int, int | None]] = []  # pointer, start, next index of an array
    name: bytes | None = None
    for match in _TOKEN.finditer(text):
        token = match[0]
        kind = token[:1]
        if kind in b",:":
            continue
        if kind in b"}]":
            pointer, start, _ = open_.pop()
            found[pointer] = (start, match.end())
            continue
        if kind == b'"' and name is None and open_ and open_[-1][2] is None:
            name = token
            continue
        pointer = _pointer(open_, name)
        name = None
        found[pointer] = (match.start(), match.end())
        if kind in b"{[":
            open_.append((pointer, match.start(), None if kind == b"{" else 0))
        if len(found) > MAX_VALUES:
            return {}
    return found


def _pointer(open_: list[tuple[str, int, int | None]], name: bytes | None) -> str:
    if not open_:
        return ""
    parent, start, index = open_[-1]
    if index is None:
        return f"{parent}/{escaped(orjson.loads(name or b''))}"
    open_[-1] = (parent, start, index + 1)
    return f"{parent}/{index}"


def spliced(text: bytes, changes: Mapping[Span, bytes]) -> bytes:
    """The text with other bytes at some spans. Of spans within each other the outer one counts."""
    pieces: list[bytes] = []
    at = 0
    for (start, end), value in _ordered(changes.items()):
        if start >= at:
            pieces += (text[at:start], value)
            at = end
    return b"".join((*pieces, text[at:]))


def _ordered(changes: Iterable[tuple[Span, bytes]]) -> list[tuple[Span, bytes]]:
    return sorted(changes, key=lambda change: (change[0][0], -change[0][1]))
