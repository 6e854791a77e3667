"""When each request is due: the pack's offsets, cut by a window and warped by a speed or spread to a rate.

Pure functions of the offset column. Deadlines are absolute, so a late request never delays the ones after it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartsandbox.packs.errors import UsageError

Seconds = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pacing:
    """`speed` divides all gaps; `rate`, if set, sends so many requests a second evenly instead.

    `window` is (start, end) in recorded seconds from the pack's start, end excluded. Raises UsageError.
    """

    speed: float = 1.0
    rate: float | None = None
    window: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.speed) and self.speed > 0):
            raise UsageError(f"speed {self.speed:g} must be a number above 0")
        if self.rate is not None and not (math.isfinite(self.rate) and self.rate > 0):
            raise UsageError(f"rate {self.rate:g} must be a number above 0")
        if self.window is not None and not 0 <= self.window[0] < self.window[1]:
            raise UsageError("a window must be START:END in seconds with 0 <= START < END")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rows of the pack in order, and when each is due in seconds from the run's start; `due` never decreases."""

    rows: npt.NDArray[np.int64]
    due: Seconds

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def duration(self) -> float:
        """When the last request is due, in seconds."""
        return float(self.due[-1]) if len(self.due) else 0.0

    @property
    def peak_rate(self) -> int:
        """The most requests due within one second, counted from the start."""
        return int(np.bincount(self.due.astype(np.int64)).max()) if len(self.due) else 0


def schedule(offsets_us: npt.NDArray[np.int64], pacing: Pacing) -> Schedule:
    """The schedule of a pack. Offsets must not decrease."""
    start, end = pacing.window or (0.0, math.inf)
    inside = (offsets_us >= start * 1e6) & (offsets_us < end * 1e6)
    rows = np.flatnonzero(inside)
    if pacing.rate is not None:
        return Schedule(rows, np.arange(len(rows)) / pacing.rate)
    return Schedule(rows, (offsets_us[rows] / 1e6 - start) / pacing.speed)
