"""t-closeness with the equal distance (Li, Li and Venkatasubramanian 2007): no class is far from the whole table.

The earth mover's distance where every two values are 1 apart: half the sum of |p - q| over the sensitive values, p in
the class, q in the whole table before suppression.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import by_class, histogram_of
from smartsandbox.anonymize.criteria.t_closeness import TCloseness
from smartsandbox.anonymize.kanon.classes import Classes


@dataclass(frozen=True, slots=True)
class EqualDistanceTCloseness(TCloseness):
    """See TCloseness; the distance is described above."""

    distance: ClassVar[str] = "equal"

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """The distance of each class."""
        histogram = histogram_of(classes, self.sensitive)
        expected = (histogram.overall / max(histogram.overall.sum(), 1))[histogram.values]
        share = histogram.counts / classes.sizes[histogram.classes]
        count = len(classes.sizes)
        absent = 1 - by_class(histogram, expected, count)
        return (by_class(histogram, np.abs(share - expected), count) + absent) / 2
