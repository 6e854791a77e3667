"""Shapes of load: pure functions from what a schedule holds to when each request is due.

A shape counts either requests (`50/s`) or recorded seconds (`2x`), and says when how much of that is done. Progress
never decreases, so neither do deadlines. Draws come from the seed alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartsandbox.packs.errors import UsageError

Seconds = npt.NDArray[np.float64]
Curve = Callable[[Seconds, Sequence[float], int], Seconds]
"""From progress (requests before this one, or recorded seconds), the shape's numbers and a seed to due times."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape with its numbers. `recorded` if these are speeds, else they are rates in requests a second."""

    name: str
    numbers: tuple[float, ...]
    recorded: bool

    def due(self, offsets: Seconds, seed: int) -> Seconds:
        """When each request is due, in seconds from the start, given ascending recorded offsets in seconds."""
        progress = offsets if self.recorded else np.arange(len(offsets), dtype=np.float64)
        return CURVES[self.name][0](progress, self.numbers, seed)

    @property
    def even(self) -> bool:
        """True if gaps follow from a rate alone: they are neither recorded nor drawn."""
        return not self.recorded and self.name != "poisson"

    def __str__(self) -> str:
        unit = "x" if self.recorded else "/s"
        paces = _paces(self.name)
        parts = [f"{number:.15g}{unit if at in paces else ''}" for at, number in enumerate(self.numbers)]
        return ":".join((self.name, *parts))


def recorded(progress: Seconds, numbers: Sequence[float], seed: int) -> Seconds:
    """As it was recorded."""
    return progress


def constant(progress: Seconds, numbers: Sequence[float], seed: int) -> Seconds:
    """PACE: the same throughout."""
    return progress / numbers[0]


def ramp(progress: Seconds, numbers: Sequence[float], seed: int) -> Seconds:
    """FROM, TO, SECONDS: from one pace to the other in a straight line, and on at the second.

    Done after t seconds is from*t + (to-from)/seconds * t^2/2; this is its inverse, in the form that no pace makes
    divide by zero.
    """
    start, end, seconds = numbers
    whole = (start + end) / 2 * seconds
    growth = (end - start) / seconds
    inside = np.minimum(progress, whole)
    during = 2 * inside / (start + np.sqrt(np.maximum(start * start + 2 * growth * inside, 0.0)))
    return np.where(progress <= whole, during, seconds + (progress - whole) / end)


def spike(progress: Seconds, numbers: Sequence[float], seed: int) -> Seconds:
    """BASE, PEAK, AT, SECONDS: the base pace, but the peak from AT for so many seconds."""
    base, peak, at, seconds = numbers
    before, during = base * at, peak * seconds
    after = (progress - before - during) / base + at + seconds
    return np.where(
        progress <= before,
        progress / base,
        np.where(progress <= before + during, at + (progress - before) / peak, after),
    )


def poisson(progress: Seconds, numbers: Sequence[float], seed: int) -> Seconds:
    """RATE: independent arrivals; gaps are drawn from the exponential distribution, the first before request one."""
    return np.cumsum(np.random.default_rng(seed).standard_exponential(len(progress))) / numbers[0]


CURVES: dict[str, tuple[Curve, tuple[str, ...]]] = {
    "recorded": (recorded, ()),
    "constant": (constant, ("PACE",)),
    "ramp": (ramp, ("FROM", "TO", "SECONDS")),
    "spike": (spike, ("BASE", "PEAK", "AT", "SECONDS")),
    "poisson": (poisson, ("RATE",)),
}
"""Name to (function, its numbers). Paces are AT and SECONDS apart from all others."""
_TIMES = frozenset({"AT", "SECONDS"})


def _paces(name: str) -> list[int]:
    return [at for at, number in enumerate(CURVES[name][1]) if number not in _TIMES]


def parse_shape(text: str) -> Shape:
    """From `ramp:10/s:200/s:60`, `ramp:1x:4x:60`, `poisson:50`; a pace without a unit is a rate. Raises UsageError."""
    name, *parts = text.split(":")
    if name not in CURVES:
        raise UsageError(f"shape {name!r} is not known; there are {', '.join(CURVES)}")
    wanted = CURVES[name][1]
    if len(parts) != len(wanted):
        raise UsageError(f"shape {text!r} must be {':'.join((name, *wanted))}")
    units = {_unit(parts[at]) for at in _paces(name)}
    if len(units) > 1:
        raise UsageError(f"shape {text!r} mixes rates (10/s) and speeds (2x): take one of them")
    timed = units != {"/s"}
    if timed and name == "poisson":
        raise UsageError(f"shape {text!r}: a Poisson process has a rate, such as poisson:50/s")
    numbers = [_number(part, text) for part in parts]
    if any(number < 0 or (number == 0 and wanted[at] != "AT") for at, number in enumerate(numbers)):
        raise UsageError(f"shape {text!r}: paces and seconds must be above 0")
    return Shape(name, tuple(numbers), timed)


def _unit(part: str) -> str:
    return "x" if part.endswith("x") else "/s"


def _number(part: str, text: str) -> float:
    try:
        number = float(part.removesuffix("x").removesuffix("/s"))
    except ValueError as error:
        raise UsageError(
            f"shape {text!r}: {part!r} is not a number, a rate such as 10/s or a speed such as 2x"
        ) from error
    if not math.isfinite(number):
        raise UsageError(f"shape {text!r}: {part!r} is not a finite number")
    return number
