"""Whether an answer of the plain kind is the recorded one to the byte: the common case, cheap to decide.

Headers are compared as the judge compares them; each head meets each set of recorded headers once. Where this says no,
the judge looks closer.
"""

from __future__ import annotations

from smartsandbox.replay_engine.drive.judge import IGNORED_HEADERS, Judge
from smartsandbox.replay_engine.drive.whole import Head
from smartsandbox.replay_engine.rows import Rows

_REMEMBERED = 256
_CODING = b"content-encoding"


class Same:
    """Knows the recorded answers of one pack."""

    def __init__(self, rows: Rows, judge: Judge) -> None:
        self._status, self._failures, self._lines = rows.status, rows.failures, judge.lines
        self._places, self._bodies = rows.answer_places(), rows.bodies
        self._ignored = frozenset(name.encode() for name in IGNORED_HEADERS)

    def holds(self, row: int, head: Head, body: bytes) -> bool:
        """True only if nothing differs."""
        if head.status != self._status[row] or self._failures[row] >= 0:
            return False
        starts = self._lines.starts
        codes = self._lines.codes[starts[row] : starts[row + 1]].tobytes()
        try:
            alike = head.alike[codes]
        except KeyError:
            alike = self._learn(row, head, codes)
        place = self._places[row]
        return alike and body == (self._bodies[place] if place >= 0 else b"")

    def _learn(self, row: int, head: Head, codes: bytes) -> bool:
        if len(head.alike) >= _REMEMBERED:
            head.alike.clear()
        live = [(name.lower(), value) for name, value in head.headers]
        plain = all(name != _CODING for name, _ in live)
        lines = sorted(name + b": " + value for name, value in live if name not in self._ignored)
        found = head.alike[codes] = plain and lines == sorted(self._lines.of(row))
        return found
