"""Mondrian multidimensional k-anonymity (LeFevre, DeWitt, Ramakrishnan, ICDE 2006), strict partitioning.

A group is split at the median of its widest attribute while both halves hold at least k rows; rows with equal values of
the split attribute never part.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def mondrian(codes: Codes, k: int) -> list[Indices]:
    """Partition the rows of `codes` (rows by attributes, ordered numbers) into groups of at least k rows.

    Deterministic: groups come in the order of their splits, rows in ascending index. Fewer than k rows give no group.
    """
    rows, attributes = codes.shape
    if rows < k:
        return []
    spans = np.maximum(np.ptp(codes, axis=0), 1e-12) if attributes else np.ones(0)
    done: list[Indices] = []
    work: list[Indices] = [np.arange(rows)]
    while work:
        group = work.pop()
        halves = _split(codes[group], spans, k)
        if halves is None:
            done.append(group)
        else:
            work += (group[~halves], group[halves])
    return done


def _split(part: Codes, spans: npt.NDArray[Any], k: int) -> npt.NDArray[np.bool_] | None:
    """True for the lower half, or None if no attribute can be split. Widest share of the whole range first."""
    if len(part) < 2 * k:
        return None
    widths = np.ptp(part, axis=0) / spans
    for attribute in np.argsort(-widths, kind="stable"):
        if widths[attribute] <= 0:
            return None
        lower = _lower_half(part[:, attribute])
        if k <= int(lower.sum()) <= len(part) - k:
            return lower
    return None


def _lower_half(column: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Values up to the median, or below it, whichever parts the column more evenly."""
    median = np.partition(column, (len(column) - 1) // 2)[(len(column) - 1) // 2]
    up_to, below = column <= median, column < median
    half = len(column) / 2
    lower: npt.NDArray[np.bool_] = up_to if abs(up_to.sum() - half) <= abs(below.sum() - half) else below
    return lower
