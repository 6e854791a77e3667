"""How answers slow down with the number of requests in flight: a queueing law fitted from a capture, by endpoint.

    time(n) = time(0) * (1 + slope * max(0, n - free)),    n = other requests in flight when a request comes

With k servers and first come, first served, a request that finds n in an M/M/k system waits for n - k + 1 departures
at k times the service rate (Kleinrock, Queueing Systems, volume 1, 1975, 3.4): free = k - 1 and slope = 1 / k. Under
processor sharing the response given n is linear in n as well (Coffman, Muntz and Trotter, JACM 17, 1970). Both numbers
are fitted to medians, since service times are not exponential; beyond the largest n recorded the line goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from smartsandbox.replay_engine.fitted import Floats, Ints, Times
from smartsandbox.replay_engine.rows import Rows

ENOUGH = 200
"""Recorded answers that a fit needs."""
_BINS = 20
_IN_BIN = 10
_SURE = 4.0
"""Standard errors by which the correlation of time and requests in flight must differ from none."""


@dataclass(frozen=True, slots=True)
class LoadLaw:
    """See the module."""

    free: float
    slope: float

    def slowdown(self, others: float) -> float:
        """The factor on an answer's time when `others` are in flight."""
        return 1.0 + self.slope * max(0.0, others - self.free)


@dataclass(frozen=True, slots=True)
class Unfitted:
    """Why an endpoint's recording supports no law."""

    reason: str


def in_flight(rows: Rows, times: Times) -> Ints:
    """For each recorded answer, how many others of the pack had begun and not ended when its request came."""
    begun = rows.offset_us[times.row]
    ended = np.sort(begun + times.total.astype(np.int64))
    others: Ints = np.maximum(np.arange(len(begun)) - np.searchsorted(ended, begun, side="right"), 0)
    return others


def fit(others: Ints, total: Floats) -> LoadLaw | Unfitted:
    """The law that a sample of (others in flight, microseconds) supports, or why it supports none."""
    if len(total) < ENOUGH:
        return Unfitted(f"{len(total)} answers recorded, {ENOUGH} needed")
    at, median, weight = _medians(others, total)
    if len(at) < 3:
        return Unfitted(f"hardly ever another number than {int(np.median(others))} in flight")
    if _certainty(others, np.log(total + 1.0)) < _SURE:
        return Unfitted("recorded times do not grow with the number in flight")
    fits = [found for free in at[:-1] if (found := _line(at, median, weight, float(free))) is not None]
    if not fits:
        return Unfitted("recorded times do not grow with the number in flight")
    return min(fits, key=lambda found: found[0])[1]


def _medians(others: Ints, total: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean of n, median time and count, in bins of neighbouring n with about equally many answers, in order of n."""
    order = np.argsort(others, kind="stable")
    size = max(_IN_BIN, len(others) // _BINS)
    values, counts = np.unique(others, return_counts=True)
    labels = np.cumsum(counts) // size  # equal n stay together
    bins = labels[np.searchsorted(values, others[order])]
    parts = [order[bins == label] for label in np.unique(bins)]
    kept = [part for part in parts if len(part) >= _IN_BIN]
    return (
        np.array([others[part].mean() for part in kept]),
        np.array([np.median(total[part]) for part in kept]),
        np.array([float(len(part)) for part in kept]),
    )


def _certainty(others: Ints, logs: Floats) -> float:
    """How many standard errors the correlation lies above 0."""
    if others.std() == 0 or logs.std() == 0:
        return 0.0
    r = float(np.corrcoef(others, logs)[0, 1])
    return r * float(np.sqrt((len(logs) - 2) / max(1e-12, 1.0 - r * r)))


def _line(at: Floats, median: Floats, weight: Floats, free: float) -> tuple[float, LoadLaw] | None:
    """Weighted squared error and law of the best line that is flat up to `free`; None if none rises from above 0."""
    x = np.maximum(0.0, at - free)
    root = np.sqrt(weight)
    (base, rise), *_ = np.linalg.lstsq(np.stack([root, root * x], axis=1), root * median, rcond=None)
    if base <= 0 or rise <= 0:
        return None
    error = float(np.sum(weight * (median - base - rise * x) ** 2))
    return error, LoadLaw(free, float(rise / base))


def laws(times: Times, others: Ints) -> dict[int, LoadLaw | Unfitted]:
    """The law of each endpoint, by its code."""
    return {
        code: fit(others[times.endpoint == code], times.total[times.endpoint == code])
        for code in np.unique(times.endpoint).tolist()
    }


def unloaded(times: Times, others: Ints, found: dict[int, LoadLaw | Unfitted]) -> Times:
    """The same answers with the times that they would have had alone, by the laws."""
    factor = np.ones(len(times.row))
    for code, law in found.items():
        if isinstance(law, LoadLaw):
            here = times.endpoint == code
            factor[here] = 1.0 + law.slope * np.maximum(0.0, others[here] - law.free)
    return replace(times, first=times.first / factor, total=times.total / factor)
