"""Mondrian with guided cuts: each group is cut where the normalised certainty penalty falls most.

Strict multidimensional partitioning as in LeFevre, DeWitt and Ramakrishnan (ICDE 2006), with the penalty-driven choice
of Xu et al. (KDD 2006) in place of the widest attribute's median. Any monotone criterion may veto a cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import Criterion
from smartsandbox.anonymize.kanon.classes import SUPPRESSED, Classes, Histogram, value_counts
from smartsandbox.anonymize.kanon.table import Column, Table

Rows = NDArray[np.int64]
_Floats = NDArray[np.float64]

MEDIAN_ABOVE = 20_000
"""Rows from which only each attribute's median is tried as a cut: the best cut of so large a group is hardly better."""


def guided_mondrian(
    table: Table, k: int, criteria: Sequence[Criterion] = (), sensitive: Sequence[Column] = ()
) -> NDArray[np.int64]:
    """The class of each row; all rows are SUPPRESSED where even one class of everybody does not keep the criteria.

    Classes hold at least k rows and keep every criterion; t-closeness is judged against the whole table.
    Deterministic: numbered in the order in which they were found.
    """
    labels = np.full(table.rows, SUPPRESSED, np.int64)
    points = _points(table)
    verdict = _Verdict(criteria, sensitive)
    work: list[Rows] = [np.arange(table.rows)] if table.rows >= k and verdict.keeps([np.arange(table.rows)]) else []
    classes = 0
    while work:
        rows = work.pop()
        halves = next((cut for cut in _cuts(points, rows, k) if verdict.keeps(cut)), None)
        if halves is None:
            labels[rows] = classes
            classes += 1
        else:
            work += reversed(halves)
    return labels


def _points(table: Table) -> _Floats:
    columns = [column.positions[column.codes] / (column.span or 1.0) for column in table.columns]
    return np.stack(columns, axis=1) if columns else np.zeros((table.rows, 0))


class _Verdict:
    """Whether parts of the table keep the criteria, judged against the distribution of the whole table."""

    def __init__(self, criteria: Sequence[Criterion], sensitive: Sequence[Column]) -> None:
        self._criteria = criteria
        self._sensitive = [(column, value_counts(column)) for column in sensitive]

    def keeps(self, parts: Sequence[Rows]) -> bool:
        """True if every part keeps every criterion."""
        if not self._criteria:
            return True
        sizes = np.array([len(rows) for rows in parts], np.int64)
        labels, together = np.repeat(np.arange(len(parts)), sizes), np.concatenate(parts)
        histograms = {c.name: Histogram.of(labels, c.codes[together], overall) for c, overall in self._sensitive}
        classes = Classes(sizes, histograms)
        return all(bool(one.holds(one.measure(classes)).all()) for one in self._criteria)


def _cuts(points: _Floats, rows: Rows, k: int) -> Iterator[list[Rows]]:
    """The best cut of each attribute, the one that saves most first."""
    if len(rows) < 2 * k:
        return
    part = points[rows]
    choose = _median_cut if len(rows) > MEDIAN_ABOVE else _best_cut
    found = []
    for attribute in np.flatnonzero(np.ptp(part, axis=0) > 0).tolist():
        cut = choose(part, attribute, k)
        if cut is not None:
            found.append((cut[0], attribute, cut[1]))
    for _, attribute, limit in sorted(found):
        lower = part[:, attribute] < limit
        yield [rows[lower], rows[~lower]]


def _best_cut(part: _Floats, attribute: int, k: int) -> tuple[float, float] | None:
    """(penalty after the cut, least value of the upper half) over all cuts that leave k rows on both sides."""
    ordered = part[np.argsort(part[:, attribute], kind="stable")]
    column = ordered[:, attribute]
    places = np.flatnonzero(column[1:] != column[:-1]) + 1
    places = places[(places >= k) & (places <= len(part) - k)]
    if not len(places):
        return None
    penalties = places * _widths(ordered)[places - 1] + (len(part) - places) * _widths(ordered[::-1])[::-1][places]
    best = int(np.argmin(penalties))
    return float(penalties[best]), float(column[places[best]])


def _widths(ordered: _Floats) -> _Floats:
    """The summed width of the first n rows, for every n."""
    spans = np.maximum.accumulate(ordered, axis=0) - np.minimum.accumulate(ordered, axis=0)
    widths: _Floats = spans.sum(axis=1)
    return widths


def _median_cut(part: _Floats, attribute: int, k: int) -> tuple[float, float] | None:
    """The same for the cut next to the median alone."""
    values, counts = np.unique(part[:, attribute], return_counts=True)
    below = np.cumsum(counts)[:-1]
    place = int(np.argmin(np.abs(below - len(part) / 2)))
    if not k <= below[place] <= len(part) - k:
        return None
    limit = float(values[place + 1])
    lower = part[:, attribute] < limit
    penalty = sum(len(half) * float(np.ptp(half, axis=0).sum()) for half in (part[lower], part[~lower]))
    return penalty, limit
