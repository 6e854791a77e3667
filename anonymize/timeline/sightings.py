"""Which exchange showed a time first: by time and session, and by time alone.

Kept as sorted columns rather than as objects, because a capture holds as many times as exchanges.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.timeline.course import NONE, Ints

_MOST_PENDING = 1 << 18


@dataclass(frozen=True, slots=True)
class Sightings:
    """Sorted by time, then session: the first row of each, and the first of the same time in any session."""

    us: Ints
    session: Ints
    row: Ints
    earliest: Ints

    def first(self, us: int, session: int | None = None) -> int:
        """The first row that showed a time, in one session or in any; NONE if it was never seen there."""
        times = self.us.data
        at = bisect_left(times, us)
        if session is None:
            return int(self.earliest[at]) if at < len(times) and times[at] == us else NONE
        end = bisect_left(times, us + 1, at)
        found = bisect_left(self.session.data, session, at, end)
        return int(self.row[found]) if found < end and self.session[found] == session else NONE


@dataclass(slots=True)
class SightingsLog:
    """Takes times in trace order; memory grows with different (time, session) pairs only."""

    _us: array[int] = field(default_factory=lambda: array("q"))
    _session: array[int] = field(default_factory=lambda: array("q"))
    _row: array[int] = field(default_factory=lambda: array("q"))
    _settled: NDArray[np.int64] = field(default_factory=lambda: np.zeros((3, 0), np.int64))

    def take(self, us: int, session: int, row: int) -> None:
        """A time that an exchange of a session shows."""
        self._us.append(us)
        self._session.append(session)
        self._row.append(row)
        if len(self._us) >= _MOST_PENDING:
            self._settle()

    def sightings(self) -> Sightings:
        """All of them, each pair once."""
        self._settle()
        us, session, row = (np.ascontiguousarray(column) for column in self._settled)
        starts, lengths = np.unique(us, return_index=True, return_counts=True)[1:]
        earliest = np.repeat(np.minimum.reduceat(row, starts), lengths) if len(us) else row
        return Sightings(us, session, row, earliest)

    def _settle(self) -> None:
        pending = np.array((self._us, self._session, self._row), np.int64).reshape(3, -1)
        both = np.concatenate((self._settled, pending), axis=1)
        both = both[:, np.lexsort((both[2], both[1], both[0]))]
        is_first = np.ones(both.shape[1], np.bool_)
        is_first[1:] = (both[:2, 1:] != both[:2, :-1]).any(axis=0)
        self._settled = both[:, is_first]
        self._us, self._session, self._row = array("q"), array("q"), array("q")
