"""When each request is due: the pack's offsets, cut by a window, repeated by a loop, and warped by a shape.

Pure functions of the offset column. Deadlines are absolute, so a late request never delays the ones after it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.drive.shapes import Shape, parse_shape

Seconds = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

MOST_REQUESTS = 20_000_000
"""What one run may hold: each costs about a hundred bytes for its outcome."""


@dataclass(frozen=True, slots=True)
class Loop:
    """How often the schedule is repeated: so many rounds, or for so many seconds of the run."""

    rounds: int = 1
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.rounds < 1 or (self.seconds is not None and not 0 < self.seconds < math.inf):
            raise UsageError("a loop must have at least one round, or a number of seconds above 0")

    def __str__(self) -> str:
        return str(self.rounds) if self.seconds is None else f"{self.seconds}s"


ONCE = Loop()
_UNITS = {"s": 1, "m": 60, "h": 3600}


def parse_loop(text: str) -> Loop:
    """From `3` (rounds) or `90s`, `10m`, `2h`. Raises UsageError."""
    try:
        return Loop(seconds=float(text[:-1]) * _UNITS[text[-1]]) if text[-1:] in _UNITS else Loop(int(text))
    except ValueError as error:
        raise UsageError(f"loop {text!r} must be a number of rounds (3) or a time (90s, 10m, 2h)") from error


@dataclass(frozen=True, slots=True)
class Pacing:
    """`speed` divides all gaps; `rate`, if set, sends so many requests a second evenly instead; so does any `shape`.

    `window` is (start, end) in recorded seconds from the pack's start, end excluded. Draws of a shape follow from
    `seed`. Raises UsageError.
    """

    speed: float = 1.0
    rate: float | None = None
    window: tuple[float, float] | None = None
    loop: Loop = ONCE
    shape: Shape | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.speed) and self.speed > 0):
            raise UsageError(f"speed {self.speed:g} must be a number above 0")
        if self.rate is not None and not (math.isfinite(self.rate) and self.rate > 0):
            raise UsageError(f"rate {self.rate:g} must be a number above 0")
        if self.window is not None and not 0 <= self.window[0] < self.window[1]:
            raise UsageError("a window must be START:END in seconds with 0 <= START < END")
        if (self.speed != 1.0) + (self.rate is not None) + (self.shape is not None) > 1:
            raise UsageError("speed, rate and shape each set the whole pace: give one of them")

    def to_json(self) -> dict[str, Any]:
        """The report's value."""
        return {
            "speed": self.speed,
            "rate": self.rate,
            "window": self.window,
            "shape": str(self.shape) if self.shape else None,
            "loop": None if self.loop == ONCE else str(self.loop),
            "seed": self.seed,
        }

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Pacing:
        """From what `to_json` gave. Raises UsageError, KeyError."""
        return Pacing(
            speed=value["speed"],
            rate=value["rate"],
            window=tuple(value["window"]) if value["window"] else None,
            loop=parse_loop(value["loop"]) if value["loop"] else ONCE,
            shape=parse_shape(value["shape"]) if value["shape"] else None,
            seed=value["seed"],
        )

    @property
    def curve(self) -> Shape:
        """The shape that all this comes to."""
        if self.shape is not None:
            return self.shape
        return Shape("constant", (self.rate or self.speed,), recorded=self.rate is None)

    @property
    def shared(self) -> float:
        """Within how many seconds requests may share a wake-up: none where gaps are recorded or drawn."""
        return SHARED_SECONDS if self.curve.even else 0.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rows of the pack in order, and when each is due in seconds from the run's start; `due` never decreases.

    `turns` is the round of the loop that each belongs to, from 0.
    """

    rows: Places
    due: Seconds
    turns: Places = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        if len(self.turns) != len(self.rows):
            object.__setattr__(self, "turns", np.zeros(len(self.rows), np.int64))

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

    def part(self, mask: npt.NDArray[np.bool_]) -> Schedule:
        """Some of the places, due as before."""
        return Schedule(self.rows[mask], self.due[mask], self.turns[mask])


def schedule(offsets_us: Places, pacing: Pacing) -> Schedule:
    """The schedule of a pack. Offsets must not decrease. Raises UsageError for more than MOST_REQUESTS."""
    start, end = pacing.window or (0.0, math.inf)
    inside = (offsets_us >= start * 1e6) & (offsets_us < end * 1e6)
    rows = np.flatnonzero(inside)
    offsets = offsets_us[rows] / 1e6 - start
    period = _period(offsets, end - start if len(offsets_us) and end <= offsets_us[-1] / 1e6 else None)
    if pacing.loop.seconds is None or not len(rows):
        return _rounds(rows, offsets, period, pacing, pacing.loop.rounds)
    return _for_seconds(rows, offsets, period, pacing, pacing.loop.seconds)


def _period(offsets: Seconds, window: float | None) -> float:
    """From one round's start to the next: the window if the pack goes on after it, else up to the last request and one
    mean gap more. A single request repeats each second."""
    if window is not None:
        return window
    span = float(offsets[-1]) if len(offsets) else 0.0
    return span * len(offsets) / (len(offsets) - 1) if len(offsets) > 1 and span else span + 1.0


def _rounds(rows: Places, offsets: Seconds, period: float, pacing: Pacing, rounds: int) -> Schedule:
    if len(rows) * rounds > MOST_REQUESTS:
        raise UsageError(f"this would be {len(rows) * rounds:,} requests; one run takes {MOST_REQUESTS:,}: shorten it")
    turns = np.repeat(np.arange(rounds), len(rows))
    due = pacing.curve.due(np.tile(offsets, rounds) + turns * period, pacing.seed)
    return Schedule(np.tile(rows, rounds), due, turns)


def _for_seconds(rows: Places, offsets: Seconds, period: float, pacing: Pacing, seconds: float) -> Schedule:
    """As many rounds as it takes, the last one cut."""
    rounds = 1
    while (found := _rounds(rows, offsets, period, pacing, rounds)).duration < seconds:
        most = max(1, MOST_REQUESTS // len(rows))
        rounds = min(rounds * 2, most) if rounds < most else rounds + 1
    return found.part(found.due < seconds)


SHARED_SECONDS = 0.00045
"""How late an even pace may be for requests to share a wake-up: at 5,000/s three do, and a wake-up costs as much."""


def wake_at(due: Sequence[float], place: int, shared: float) -> float:
    """When to wake for the request at `place`: when the last one is due that is due within `shared` seconds of it."""
    first = due[place]
    return due[bisect_right(due, first + shared, place) - 1] if shared else first
