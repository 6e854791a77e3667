"""How much a k-anonymous publication has lost, under the published names; for classes from any method.

NCP: Xu et al., Utility-Based Anonymization, KDD 2006. Discernibility: Bayardo and Agrawal, ICDE 2005. Average class
size: LeFevre et al., Mondrian, ICDE 2006. Non-uniform entropy: Gionis and Tassa, and as ARX computes it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.classes import SUPPRESSED
from smartsandbox.anonymize.kanon.table import Column, Table


def ncp(table: Table, labels: NDArray[np.integer]) -> float:
    """Mean over rows and attributes of the share of the domain that the row's class covers, 0 to 1.

    Numbers by range; categories by codes in the order of their hierarchy. A suppressed row covers the whole domain.
    """
    if not table.rows or not table.columns:
        return 0.0
    order, starts = _runs(labels)
    return float(np.mean([_covered(column, labels[order], order, starts) for column in table.columns]))


def _runs(labels: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    return order, np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


def _covered(column: Column, labels: NDArray[np.integer], order: NDArray[np.int64], starts: NDArray[np.int64]) -> float:
    if not column.span:
        return 0.0
    positions = column.positions[column.codes[order]]
    widths = np.maximum.reduceat(positions, starts) - np.minimum.reduceat(positions, starts)
    widths[labels[starts] == SUPPRESSED] = column.span
    sizes = np.diff(np.append(starts, len(labels)))
    return float((widths * sizes).sum() / (column.span * len(labels)))


def discernibility(sizes: NDArray[np.int64], suppressed: int, rows: int) -> int:
    """The sum of squared class sizes, and the size of the table for every suppressed row."""
    return int((sizes * sizes).sum()) + suppressed * rows


def average_class_size(sizes: NDArray[np.int64], k: int) -> float:
    """Rows over classes over k: 1 is best; infinite where there is no class."""
    return float(sizes.sum() / (len(sizes) * k)) if len(sizes) else float("inf")


def non_uniform_entropy(original: NDArray[np.integer], published: NDArray[np.integer]) -> float:
    """Bits: minus the sum over the cells of one attribute of log2(f(original) / f(published)).

    f counts the rows that hold the value in the attribute before and after; all rows of an original value share one
    published value (for recodings where they do not: `interval_entropy`).
    """
    if not len(original):
        return 0.0
    base = int(original.max()) + 1
    pairs, counts = np.unique(published.astype(np.int64) * base + original, return_counts=True)
    before, after = np.bincount(original), np.bincount(published)
    return float(-(counts * np.log2(before[pairs % base] / after[pairs // base])).sum())


def interval_entropy(column: Column, labels: NDArray[np.integer]) -> float:
    """Bits: the same for classes that overlap, as Gionis and Tassa have it for any recoding.

    A class publishes the interval from its smallest to its largest value, and a suppressed row the whole domain; a cell
    costs -log2 of its value's share among all rows whose values lie in the interval that it is published as.
    """
    if not len(labels):
        return 0.0
    order, starts = _runs(labels)
    codes = column.codes[order].astype(np.int64)
    low, high = np.minimum.reduceat(codes, starts), np.maximum.reduceat(codes, starts)
    gone = labels[order][starts] == SUPPRESSED
    low[gone], high[gone] = 0, len(column.values) - 1
    counts = np.bincount(column.codes, minlength=len(column.values))
    upto = np.concatenate(([0], np.cumsum(counts)))
    within = np.repeat(upto[high + 1] - upto[low], np.diff(np.append(starts, len(labels))))
    return float(-np.log2(counts[codes] / within).sum()) + 0.0
