"""Finds the recorded answers that more of a request than its key may change, while answers are made ready."""

from __future__ import annotations

import numpy as np

from smartsandbox.replay_engine.rows import Rows

VARIES = 4
"""A kind of answer: more of a request than its key may change it (see `representations`)."""
EVENTS = 8
"""A kind of answer: it is a stream of events."""

_STREAM, _RANGES, _VALIDATOR = 1, 2, 4
_SAYING = (
    ((b"content-type: text/event-stream",), _STREAM),
    ((b"accept-ranges: bytes",), _RANGES),
    ((b"etag:", b"last-modified:"), _VALIDATOR),
)
_REMEMBERED = 65_536


class Marks:
    """Of one pack."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self._revalidated = rows, revalidated(rows)
        self._said: dict[bytes, int] = {}

    def kind(self, row: int, lines: list[bytes], *, whole: bool) -> int:
        """EVENTS, VARIES or 0, by the header lines of a row; `whole` says that no part of it may be served."""
        status, said = self._rows.status[row], 0
        if status != 200:
            return VARIES * (status == 304)
        for line in lines:
            said |= self._said[line] if line in self._said else self._say(line)
        if said & _STREAM:
            return EVENTS
        useful = _RANGES | _VALIDATOR * (self._rows.endpoint.codes[row] in self._revalidated)
        return VARIES * (said & useful != 0 and not whole)

    def _say(self, line: bytes) -> int:
        """What a header line says, remembered: most lines come again and again."""
        if len(self._said) >= _REMEMBERED:
            self._said.clear()
        lower = line.lower()
        self._said[line] = sum(bit for beginnings, bit in _SAYING if lower.startswith(beginnings))
        return self._said[line]


def revalidated(rows: Rows) -> frozenset[int]:
    """The codes of the endpoints that answered 304: their service looks at preconditions."""
    endpoints = np.asarray(rows.endpoint.codes)[np.asarray(rows.status) == 304]
    return frozenset(np.unique(endpoints).tolist())
