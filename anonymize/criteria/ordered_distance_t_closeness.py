"""t-closeness with the ordered distance (Li, Li and Venkatasubramanian 2007), for values that have an order.

The earth mover's distance where the i-th and j-th of m values are |i - j| / (m - 1) apart: the sum over the values of
|cumulative (p - q)| / (m - 1). The order is that of the attribute's codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import histogram_of
from smartsandbox.anonymize.criteria.t_closeness import TCloseness
from smartsandbox.anonymize.kanon.classes import Classes, Histogram

_CELLS = 1 << 22
"""Cells of the dense (class, value) block that is worked on at once: 32 MiB."""


@dataclass(frozen=True, slots=True)
class OrderedDistanceTCloseness(TCloseness):
    """See TCloseness; the distance is described above."""

    distance: ClassVar[str] = "ordered"

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """The distance of each class."""
        histogram = histogram_of(classes, self.sensitive)
        step = max(1, _CELLS // max(histogram.cardinality, 1))
        starts = range(0, len(classes.sizes), step)
        blocks = [_distances(histogram, classes, start, min(start + step, len(classes.sizes))) for start in starts]
        return np.concatenate(blocks) if blocks else np.zeros(0)


def _distances(histogram: Histogram, classes: Classes, start: int, stop: int) -> NDArray[np.float64]:
    first, last = np.searchsorted(histogram.classes, (start, stop))
    shares = np.zeros((stop - start, histogram.cardinality))
    shares[histogram.classes[first:last] - start, histogram.values[first:last]] = histogram.counts[first:last]
    shares /= classes.sizes[start:stop, None]
    expected = histogram.overall / max(histogram.overall.sum(), 1)
    gaps = np.abs(np.cumsum(shares - expected, axis=1))
    distances: NDArray[np.float64] = gaps.sum(axis=1) / max(histogram.cardinality - 1, 1)
    return distances
