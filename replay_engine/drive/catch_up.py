"""How a backlog goes out after the generator itself stood still.

Nothing of it is dropped, so that sessions stay whole; but it goes out no faster than twice the schedule's own busiest
tenth of a second, because a burst that production never saw would say nothing of production. What is late for it is
counted as lateness of the generator.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BEHIND = 0.010
"""Seconds late from which a request is of a backlog; less is the timer's grain."""
_WINDOW = 0.1
_FASTER = 2.0
_ROUNDING = 1e-6


class CatchUp:
    """Places of the backlog that may be taken up. Times are seconds from the run's start."""

    __slots__ = ("_at", "_most", "_rate", "_tokens")

    def __init__(self, due: npt.NDArray[np.float64]) -> None:
        self._most = float(busiest(due, _WINDOW))
        self._rate = self._most / _WINDOW * _FASTER
        self._tokens, self._at = self._most, 0.0

    def wait(self, now: float) -> float:
        """0 if one more may go out now, which is then counted; else when the next may."""
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1.0 - _ROUNDING:
            self._tokens -= 1.0
            return 0.0
        return now + (1.0 - self._tokens) / self._rate


def busiest(due: npt.NDArray[np.float64], window: float) -> int:
    """The most requests due within any `window` seconds, at least 1."""
    ends = np.searchsorted(due, due + window, side="left")
    return int((ends - np.arange(len(due))).max(initial=1))
