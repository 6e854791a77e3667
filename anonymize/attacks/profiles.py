"""Numbers along a session, such as gaps or sizes, and which published session has the most similar ones.

Numbers are compared by the logarithm of one plus the number, so that a tenth more is as far at a millisecond as at an
hour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.people import Floats
from smartsandbox.anonymize.attacks.sessions import Session

LONGEST = 32
"""Numbers compared of one whole session, from its beginning."""

MISSING = 3.0
"""The distance of a number from none: that of a factor of e^3, about 20."""

Series = Callable[[Session], Sequence[float]]


def gaps_us(session: Session) -> Sequence[float]:
    """Microseconds from each request or message to the next."""
    instants = sorted((*session.starts_us, *session.said_us)) if session.said_us else session.starts_us
    return np.diff(np.array(instants, dtype=np.float64)).tolist() if session.length else []


def sizes(session: Session) -> Sequence[float]:
    """Bytes of each answer."""
    return [float(size) for size in session.sizes]


class Passages:
    """Every run of `length` numbers in published sessions as one matrix, with the session that each stands in."""

    def __init__(self, sessions: Sequence[Session], series: Series, length: int) -> None:
        self._length = length
        runs = [_runs(_logs(series(session)), length) for session in sessions]
        self._matrix = np.concatenate([np.zeros((0, length)), *runs])
        self._sessions = np.repeat(np.arange(len(sessions)), [len(one) for one in runs])
        self._ends = np.cumsum([0, *(len(one) for one in runs)])

    def nearest(self, numbers: Sequence[float], hidden: NDArray[np.int64]) -> NDArray[np.int64]:
        """The sessions with the run that differs least on average, all that tie, but for those hidden.

        `numbers` are `length` many.
        """
        apart = np.abs(self._matrix - _logs(numbers)).mean(axis=1)
        for at in hidden:
            apart[self._ends[at] : self._ends[at + 1]] = np.inf
        return np.unique(self._sessions[smallest(apart)]).astype(np.int64)


class Profiles:
    """Whole published sessions as one matrix, NaN after the end of each. Where one session is longer, each number
    without a partner counts as MISSING.
    """

    def __init__(self, sessions: Sequence[Session], series: Series) -> None:
        self._series = series
        self._matrix = np.stack([self._row(session) for session in sessions])

    def distances(self, target: Session) -> Floats:
        """The mean distance of numbers at the same place, to each published session."""
        wanted = self._row(target)
        apart = np.abs(self._matrix - wanted)
        either = ~(np.isnan(self._matrix) & np.isnan(wanted))
        total = np.where(np.isnan(apart), np.where(either, MISSING, 0.0), apart).sum(axis=1)
        return np.asarray(total / np.maximum(1, either.sum(axis=1)))

    def _row(self, session: Session) -> Floats:
        row = np.full(LONGEST, np.nan)
        values = _logs(self._series(session)[:LONGEST])
        row[: len(values)] = values
        return row


def smallest(distances: Floats) -> NDArray[np.int64]:
    """The places of the least distance, all that tie; none where every distance is infinite."""
    least = distances.min(initial=np.inf)
    return np.flatnonzero((distances <= least + 1e-9) & np.isfinite(distances)).astype(np.int64)


def without(distances: Floats, hidden: NDArray[np.int64]) -> Floats:
    """The distances with those at the hidden places infinite."""
    found = distances.copy()
    found[hidden] = np.inf
    return found


def _logs(numbers: Sequence[float]) -> Floats:
    return np.log1p(np.maximum(np.array(numbers, dtype=np.float64), 0.0))


def _runs(numbers: Floats, length: int) -> Floats:
    if len(numbers) < length:
        return np.zeros((0, length))
    return np.lib.stride_tricks.sliding_window_view(numbers, length)
