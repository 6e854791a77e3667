"""t-closeness with the equal distance (Li, Li and Venkatasubramanian 2007): no class is far from the whole table.

The earth mover's distance where every two values are 1 apart: half the sum of |p - q| over the sensitive values, p in
the class, q in the whole table before suppression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import TOLERANCE, by_class, histogram_of
from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.packs.errors import UsageError


@dataclass(frozen=True, slots=True)
class EqualDistanceTCloseness:
    """Raises UsageError if t is outside [0, 1]."""

    sensitive: str
    t: float
    monotone: bool = True
    monotone_with_suppression: bool = False
    higher_is_safer: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.t <= 1:
            raise UsageError(f"t={self.t:g}: t-closeness needs a t between 0 and 1")

    @property
    def name(self) -> str:
        """For reports."""
        return f"{self.t:g}-closeness (equal distance) on {self.sensitive}"

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """The distance of each class."""
        histogram = histogram_of(classes, self.sensitive)
        expected = (histogram.overall / max(histogram.overall.sum(), 1))[histogram.values]
        share = histogram.counts / classes.sizes[histogram.classes]
        count = len(classes.sizes)
        absent = 1 - by_class(histogram, expected, count)
        return (by_class(histogram, np.abs(share - expected), count) + absent) / 2

    def holds(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        """At most t."""
        return measured <= self.t + TOLERANCE
