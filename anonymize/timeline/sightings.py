"""Which exchange showed a time first: by time and session, and by time alone.

Kept as sorted columns on disk rather than as objects, because a capture holds as many times as exchanges.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from smartsandbox.anonymize.timeline.column import Column, Ints
from smartsandbox.anonymize.timeline.course import NONE

_MOST_PENDING = 1 << 16
_SAMPLED = 64
"""Of so many times as are pending, how many tell where to part all of them."""


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
    _ends: list[int] = field(default_factory=list)
    """Where each run ends."""

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
        made = tuple(Column() for _ in range(4))
        for us, session, row in self._merged():
            starts, lengths = np.unique(us, return_index=True, return_counts=True)[1:]
            earliest = np.repeat(np.minimum.reduceat(row, starts), lengths)
            for column, numbers in zip(made, (us, session, row, earliest), strict=True):
                column.extend(numbers)
        us, session, row, earliest = (column.array() for column in made)
        return Sightings(us, session, row, earliest, made)

    def _merged(self) -> Iterator[tuple[Ints, Ints, Ints]]:
        """The runs as one, in parts that ascend: all of one time are in one part."""
        us, session, row = (run.array() for run in self._runs)
        bounds = [0, *self._ends]
        low = np.iinfo(np.int64).min
        for high in [*_cuts(us, self.pending), np.iinfo(np.int64).max]:
            at = [
                np.arange(start + np.searchsorted(us[start:end], low), start + _behind(us[start:end], high))
                for start, end in pairwise(bounds)
            ]
            rows = np.concatenate(at) if at else np.zeros(0, np.int64)
            if len(rows):
                yield _first_of_each(us[rows], session[rows], row[rows])
            for run in self._runs:
                run.release()
            low = high + 1 if high < np.iinfo(np.int64).max else high

    def _spill(self) -> None:
        """A run is sorted by time."""
        fresh = (np.array(column, np.int64) for column in (self._us, self._session, self._row))
        for run, column in zip(self._runs, _first_of_each(*fresh), strict=True):
            run.extend(column)
        self._ends.append(len(self._runs[0]))
        self._us, self._session, self._row = array("q"), array("q"), array("q")


def _cuts(us: Ints, pending: int) -> list[int]:
    """Times that part all of them into parts of about `pending`, ascending."""
    sample = np.sort(us[:: max(1, pending // _SAMPLED)])
    cuts: list[int] = np.unique(sample[_SAMPLED::_SAMPLED]).tolist()
    return cuts


def _behind(us: Ints, high: int) -> int:
    return int(np.searchsorted(us, high, "right"))


def _first_of_each(us: Ints, session: Ints, row: Ints) -> tuple[Ints, Ints, Ints]:
    """Sorted by time, session and row, and of each time and session the first."""
    order = np.lexsort((row, session, us))
    us, session = us[order], session[order]
    is_first = np.ones(len(us), np.bool_)
    is_first[1:] = (us[1:] != us[:-1]) | (session[1:] != session[:-1])
    return us[is_first], session[is_first], row[order[is_first]]
