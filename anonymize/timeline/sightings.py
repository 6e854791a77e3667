"""Which exchange showed a time first: by time and session, and by time alone.

Kept as sorted columns on disk rather than as objects, because a capture holds as many times as exchanges.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np

from smartsandbox.anonymize.timeline.column import Column, Ints, stored
from smartsandbox.anonymize.timeline.course import NONE

_MOST_PENDING = 1 << 16


@dataclass(frozen=True, slots=True)
class Sightings:
    """Sorted by time, then session: the first row of each, and the first of the same time in any session."""

    us: Ints
    session: Ints
    row: Ints
    earliest: Ints
    columns: tuple[Column, ...] = ()
    """What they lie in."""

    def first(self, us: int, session: int | None = None) -> int:
        """The first row that showed a time, in one session or in any; NONE if it was never seen there."""
        times = self.us.data
        at = bisect_left(times, us)
        if session is None:
            return int(self.earliest[at]) if at < len(times) and times[at] == us else NONE
        end = bisect_left(times, us + 1, at)
        found = bisect_left(self.session.data, session, at, end)
        return int(self.row[found]) if found < end and self.session[found] == session else NONE

    def release(self) -> None:
        """Give back the memory of the columns; they stay readable."""
        for column in self.columns:
            column.release()


@dataclass(slots=True)
class SightingsLog:
    """Takes times in trace order. Every so many are sorted, and each (time, session) pair is kept on disk once."""

    pending: int = _MOST_PENDING
    _us: array[int] = field(default_factory=lambda: array("q"))
    _session: array[int] = field(default_factory=lambda: array("q"))
    _row: array[int] = field(default_factory=lambda: array("q"))
    _runs: tuple[Column, Column, Column] = field(default_factory=lambda: (Column(), Column(), Column()))

    def take(self, us: int, session: int, row: int) -> None:
        """A time that an exchange of a session shows."""
        self._us.append(us)
        self._session.append(session)
        self._row.append(row)
        if len(self._us) >= self.pending:
            self._spill()

    def sightings(self) -> Sightings:
        """All of them, each pair once."""
        self._spill()
        us, session, row = _first_of_each(*(run.array() for run in self._runs))
        starts, lengths = np.unique(us, return_index=True, return_counts=True)[1:]
        earliest = np.repeat(np.minimum.reduceat(row, starts), lengths) if len(us) else row
        columns = [stored(column) for column in (us, session, row, earliest)]
        us, session, row, earliest = (numbers for numbers, _ in columns)
        return Sightings(us, session, row, earliest, tuple(column for _, column in columns))

    def _spill(self) -> None:
        fresh = (np.array(column, np.int64) for column in (self._us, self._session, self._row))
        for run, column in zip(self._runs, _first_of_each(*fresh), strict=True):
            run.extend(column)
        self._us, self._session, self._row = array("q"), array("q"), array("q")


def _first_of_each(us: Ints, session: Ints, row: Ints) -> tuple[Ints, Ints, Ints]:
    """Sorted by time, session and row, and of each time and session the first."""
    order = np.lexsort((row, session, us))
    us, session = us[order], session[order]
    is_first = np.ones(len(us), np.bool_)
    is_first[1:] = (us[1:] != us[:-1]) | (session[1:] != session[:-1])
    return us[is_first], session[is_first], row[order[is_first]]
