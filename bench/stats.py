"""The arithmetic of the benchmarks: medians over runs, ratios, lateness of arrivals against a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

EARLY_SHARE = 0.005
"""The share of arrivals that may come before the fitted start, so that one early packet does not shift it."""


def middle(values: Sequence[float]) -> float | None:
    """The median, or None where nothing was measured."""
    return median(values) if values else None


def ratio(one: float | None, other: float | None) -> float | None:
    """One over the other, or None where either was not measured or `other` is 0."""
    return None if one is None or not other else one / other


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late arrivals are against their schedule, in milliseconds, and the rate they came at, in requests/s."""

    p50: float
    p99: float
    worst: float
    rate: float


def lateness(arrivals: Floats, due: Floats, skip: float = 0.5) -> Lateness | None:
    """Of sorted arrivals against their sorted due times, both in seconds on clocks whose zeros may differ.

    The start is fitted: EARLY_SHARE of the arrivals come before it. What is due in the first `skip` seconds is left
    out. None if the counts differ or less than ten arrivals are left.
    """
    if len(arrivals) != len(due):
        return None
    kept = due >= due[0] + skip if len(due) else np.zeros(0, np.bool_)
    came, planned = arrivals[kept], due[kept]
    if len(came) < 10:
        return None
    late = np.maximum(since_start(came, planned), 0.0) * 1000
    p50, p99, worst = (float(np.quantile(late, share, method="inverted_cdf")) for share in (0.5, 0.99, 1.0))
    return Lateness(p50, p99, worst, float((len(came) - 1) / (came[-1] - came[0])))


def since_start(arrivals: Floats, due: Floats) -> Floats:
    """Seconds of each arrival after its due time, with the start fitted as `lateness` says."""
    gaps = arrivals - due
    return gaps - float(np.quantile(gaps, EARLY_SHARE, method="inverted_cdf"))


def between(samples: Sequence[tuple[float, float]], start: float, end: float) -> float | None:
    """The growth of a counter from `start` to `end`, from (time, value) samples in order of time, interpolated.

    None if the samples do not reach from one to the other.
    """
    if len(samples) < 2 or samples[0][0] > start or samples[-1][0] < end:
        return None
    times, values = (np.array(column) for column in zip(*samples, strict=True))
    first, last = np.interp([start, end], times, values)
    return float(last - first)


def ks(one: Floats, other: Floats) -> float:
    """The two-sample Kolmogorov-Smirnov statistic, 0 to 1; NaN if a sample is empty.

    Written here again, so that the product does not judge itself.
    """
    if not len(one) or not len(other):
        return float("nan")
    places = np.unique(np.concatenate([one, other]))
    shares = (np.searchsorted(np.sort(sample), places, side="right") / len(sample) for sample in (one, other))
    first, second = shares
    return float(np.abs(first - second).max())


def count_error(planned: Floats, came: Floats) -> float:
    """Differences of counts in whole seconds from 0, summed, as a share of all that was planned. NaN for nothing."""
    if not len(planned):
        return float("nan")
    seconds = [np.floor(np.maximum(times, 0.0)).astype(np.int64) for times in (planned, came)]
    longest = 1 + max(int(times.max()) if len(times) else 0 for times in seconds)
    one, other = (np.bincount(times, minlength=longest) for times in seconds)
    return float(np.abs(one - other).sum() / len(planned))


def runs(states: npt.NDArray[np.bool_]) -> Floats:
    """The lengths of the runs of True, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], states, [False]]).astype(np.int8)))
    return (edges[1::2] - edges[::2]).astype(np.float64)
