"""A criterion judged over the people whose sensitive value is known, in classes that may hold others as well.

Somebody of whom a capture shows no value adds to k, but neither to the variety of a class nor to its distribution: if
absence counted as a value, one silent member would make a homogeneous class look diverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import Criterion, by_class, histogram_of
from smartsandbox.anonymize.kanon.classes import Classes, Histogram

UNKNOWN = 0
"""The code, in the columns that `AmongKnown` reads, of people who have no value."""


@dataclass(frozen=True, slots=True)
class AmongKnown:
    """`inner` sees classes without the people of code UNKNOWN, and the other codes lowered by one.

    A class in which nobody's value is known gives nothing to infer: it holds.
    """

    inner: Criterion
    monotone_with_suppression: bool = False

    @property
    def name(self) -> str:
        """That of the criterion inside."""
        return self.inner.name

    @property
    def sensitive(self) -> str | None:
        """The column that is read."""
        return self.inner.sensitive

    @property
    def monotone(self) -> bool:
        """As the criterion inside: a class of unknown values adds nothing to another."""
        return self.inner.monotone

    @property
    def higher_is_safer(self) -> bool:
        """As the criterion inside."""
        return self.inner.higher_is_safer

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """The inner measure; infinite or 0, whichever is safe, for a class where no value is known."""
        name = self.sensitive or ""
        histogram, known = _known(histogram_of(classes, name))
        sizes = by_class(histogram, histogram.counts.astype(np.float64), len(classes.sizes)).astype(np.int64)
        some = sizes > 0
        dense = Histogram((np.cumsum(some) - 1)[histogram.classes], histogram.values, histogram.counts, known)
        measured = np.full(len(sizes), np.inf if self.higher_is_safer else 0.0)
        measured[some] = self.inner.measure(Classes(sizes[some], MappingProxyType({name: dense})))
        return measured

    def holds(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        """As the criterion inside."""
        return self.inner.holds(measured)


def _known(histogram: Histogram) -> tuple[Histogram, NDArray[np.int64]]:
    kept = histogram.values != UNKNOWN
    overall = histogram.overall[UNKNOWN + 1 :]
    return Histogram(histogram.classes[kept], histogram.values[kept] - 1, histogram.counts[kept], overall), overall
