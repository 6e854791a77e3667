"""Distances between what was recorded and what was replayed: 0 is the same shape. Pure functions of samples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Sample = npt.NDArray[np.float64]


def ks(one: Sample, other: Sample) -> float:
    """The two-sample Kolmogorov-Smirnov statistic: the largest gap between the two distribution functions, 0 to 1.

    NaN if a sample is empty.
    """
    if not len(one) or not len(other):
        return float("nan")
    gaps = _cdf(one, other) - _cdf(other, one)
    return float(np.abs(gaps).max())


def wasserstein(one: Sample, other: Sample) -> float:
    """The first Wasserstein distance in the samples' own unit: the area between the two distribution functions.

    NaN if a sample is empty.
    """
    if not len(one) or not len(other):
        return float("nan")
    places = np.sort(np.concatenate([one, other]))
    gaps = np.abs(_cdf(one, other) - _cdf(other, one))
    return float(np.sum(gaps[:-1] * np.diff(places)))


def _cdf(sample: Sample, other: Sample) -> Sample:
    """The distribution function of `sample` at every place of both samples, in order."""
    places = np.sort(np.concatenate([sample, other]))
    return np.searchsorted(np.sort(sample), places, side="right") / len(sample)


def total_variation(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """Half the sum of the differences of two frequency tables' shares, 0 to 1. NaN if a table is empty."""
    total, others = sum(one.values()), sum(other.values())
    if not total or not others:
        return float("nan")
    names = sorted(one.keys() | other.keys())
    return sum(abs(one.get(name, 0) / total - other.get(name, 0) / others) for name in names) / 2


def count_error(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> float:
    """Counts by bin: the sum of differences over the sum of `one`. NaN if `one` counts nothing."""
    longest = max(len(one), len(other))
    padded = [np.pad(counts, (0, longest - len(counts))) for counts in (one, other)]
    total = int(one.sum())
    return float(np.abs(padded[0] - padded[1]).sum() / total) if total else float("nan")


def runs(states: npt.NDArray[np.bool_]) -> Sample:
    """The lengths of the runs of True, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], states, [False]]).astype(np.int8)))
    return (edges[1::2] - edges[::2]).astype(np.float64)
