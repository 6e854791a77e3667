"""Latencies: exact quantiles of a run, and HdrHistograms that add up exactly over runs and workers.

A histogram has three significant digits from a microsecond to an hour.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hdrh.histogram import HdrHistogram

_LONGEST_US = 3_600_000_000
QUANTILES = {"p50": 50.0, "p90": 90.0, "p95": 95.0, "p99": 99.0, "p999": 99.9}


def histogram(seconds: npt.NDArray[np.float64]) -> Any:
    """An HdrHistogram in microseconds. NaN is left out; times over an hour count as one."""
    found = HdrHistogram(1, _LONGEST_US, 3)
    known = seconds[~np.isnan(seconds)]
    micros = np.clip(np.round(known * 1e6), 1, _LONGEST_US).astype(np.int64)
    for value, count in zip(*np.unique(micros, return_counts=True), strict=True):
        found.record_value(int(value), int(count))
    return found


def summary(seconds: npt.NDArray[np.float64]) -> dict[str, float | int | None]:
    """Count, mean, quantiles (the smallest value with that share at or below it) and maximum, in milliseconds.

    NaN is left out; None stands where nothing was measured.
    """
    known = seconds[~np.isnan(seconds)] * 1000
    if not len(known):
        return {"count": 0, "mean": None, **dict.fromkeys(QUANTILES), "max": None}
    shares = [share / 100 for share in QUANTILES.values()]
    values = np.quantile(known, [*shares, 1.0], method="inverted_cdf").round(3).tolist()
    quantiles = dict(zip((*QUANTILES, "max"), values, strict=True))
    return {"count": len(known), "mean": round(float(known.mean()), 3), **quantiles}


def encoded(seconds: npt.NDArray[np.float64]) -> str:
    """The histogram in the portable form that HdrHistogram tools read and add up (base64, compressed)."""
    return bytes(histogram(seconds).encode()).decode("ascii")
