"""The demo's day: how much traffic there is at which part of it, and where the high-error phase lies.

A day is quiet, gets busy, peaks, goes through an incident and is quiet again. Parts of the day are fractions from 0
to 1; `moments` turns the curve into exact arrival times.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise
from random import Random

CURVE: tuple[tuple[float, float], ...] = (
    (0.00, 0.35),
    (0.18, 0.35),
    (0.27, 1.10),
    (0.42, 1.10),
    (0.45, 2.00),
    (0.56, 2.00),
    (0.60, 1.00),
    (0.80, 1.00),
    (0.85, 0.35),
    (1.00, 0.35),
)
"""Corner points (part of the day, relative rate); straight lines between them."""

INCIDENT = (0.66, 0.74)
"""The part of the day in which errors come in bursts."""


def in_incident(part: float) -> bool:
    """Whether a part of the day lies in the high-error phase."""
    return INCIDENT[0] <= part < INCIDENT[1]


def moments(rng: Random, count: int) -> list[float]:
    """`count` arrival times as parts of the day, ascending: a Poisson process of the curve's rate, given its count."""
    areas = [0.0, *accumulate((b - a) * (low + high) / 2 for (a, low), (b, high) in pairwise(CURVE))]
    return sorted(_part_at(areas, rng.random() * areas[-1]) for _ in range(count))


def _part_at(areas: list[float], area: float) -> float:
    """The inverse of the curve's integral: on each piece the root of a quadratic."""
    piece = min(bisect_right(areas, area), len(CURVE) - 1) - 1
    (start, low), (end, high) = CURVE[piece], CURVE[piece + 1]
    rest = area - areas[piece]
    slope = (high - low) / (end - start)
    if slope == 0:
        return start + rest / low
    root: float = (low * low + 2 * slope * rest) ** 0.5
    return start + (root - low) / slope
