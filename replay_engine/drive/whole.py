"""Answers that came whole in one read, taken apart without a parser.

Most answers under load are of one plain kind: HTTP/1.1, a Content-Length, all of it in one read. Their heads repeat, so
each distinct head is taken apart once. Whatever is of another kind, or only looks odd, is None here and goes through
httptools; both ways give the same answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_STATUS = re.compile(rb"HTTP/1\.1 ([2-5][0-9][0-9]) [ -~]*")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[!-~\x80-\xff](?:[ -~\x80-\xff]*[!-~\x80-\xff])?)?)")
_BODILESS = (204, 304)
_OTHERWISE = (b"transfer-encoding", b"upgrade", b"proxy-connection")
_REMEMBERED = 2048
_LONGEST_LENGTH = 9
"""Digits of a length that can be of an answer in one read."""

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True, eq=False)
class Head:
    """A head of the plain kind. `length` counts the body's bytes; `keep` says if the connection goes on."""

    status: int
    headers: Headers
    length: int
    keep: bool
    alike: dict[bytes, bool] = field(default_factory=dict)
    """What was found when it was compared: see same.py."""


class Whole:
    """Heads and lines met so far. One of these serves all connections of a run."""

    def __init__(self) -> None:
        self._heads: dict[bytes, Head | None] = {}
        self._lines: dict[bytes, tuple[bytes, bytes] | None] = {}

    @property
    def remembered(self) -> int:
        """How many heads are known."""
        return len(self._heads)

    def head(self, data: bytes) -> tuple[Head, int] | None:
        """The head of an answer and where its body starts, if `data` is one whole answer of the plain kind."""
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return None
        raw = data[:end]
        try:
            head = self._heads[raw]
        except KeyError:
            head = self._learn(raw)
        start = end + 4
        return (head, start) if head is not None and len(data) == start + head.length else None

    def _learn(self, raw: bytes) -> Head | None:
        if len(self._heads) >= _REMEMBERED:
            self._heads.clear()
            self._lines.clear()
        head = self._heads[raw] = self._plain(raw)
        return head

    def _plain(self, raw: bytes) -> Head | None:
        first, *lines = raw.split(b"\r\n")
        status = _STATUS.fullmatch(first)
        if status is None or int(status[1]) in _BODILESS:
            return None
        headers: Headers = []
        length, ways = b"", b""
        for line in lines:
            found = self._lines.get(line) or self._field(line)
            if found is None:
                return None
            headers.append(found)
            name = found[0].lower()
            if name == b"content-length":
                if length or not found[1].isdigit() or len(found[1]) > _LONGEST_LENGTH:
                    return None
                length = found[1]
            elif name == b"connection":
                ways += found[1].lower()
            elif name in _OTHERWISE:
                return None
        if not length or ways not in (b"", b"keep-alive", b"close"):
            return None
        return Head(int(status[1]), headers, int(length), ways != b"close")

    def _field(self, line: bytes) -> tuple[bytes, bytes] | None:
        match = _FIELD.fullmatch(line)
        found = self._lines[line] = (match[1], match[2]) if match else None
        return found
