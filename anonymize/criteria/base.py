"""What a privacy criterion is: a number for each equivalence class, and a bound that the number must keep.

A criterion knows whether it survives merging, because that decides which searches may prune with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.classes import Classes, Histogram
from smartsandbox.packs.errors import UsageError

TOLERANCE = 1e-9
"""Measured values this near to the bound keep it: they differ by rounding only."""


class Criterion(Protocol):
    """One bound on every equivalence class."""

    @property
    def name(self) -> str:
        """The criterion with its bound and attribute, as a report prints it."""
        ...

    @property
    def sensitive(self) -> str | None:
        """The sensitive attribute whose histogram is read, if any."""
        ...

    @property
    def monotone(self) -> bool:
        """True if merging classes that hold always gives a class that holds."""
        ...

    @property
    def monotone_with_suppression(self) -> bool:
        """True if a class that holds still holds after merging with any class, as rows that were suppressed return."""
        ...

    @property
    def higher_is_safer(self) -> bool:
        """The direction of `measure`."""
        ...

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """The measured value of each class."""
        ...

    def holds(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each measured value keeps the bound."""
        ...


@dataclass(frozen=True, slots=True)
class Assessment:
    """How a table stands against one criterion. `worst` is the least safe value that a class has."""

    name: str
    passed: bool
    worst: float
    failing_classes: int
    failing_rows: int


def assess(criterion: Criterion, classes: Classes) -> Assessment:
    """Judge every class; a table with no class at all holds nobody and does not pass."""
    measured = criterion.measure(classes)
    failing = ~criterion.holds(measured)
    worst = _worst(measured, criterion.higher_is_safer)
    rows = int(classes.sizes[failing].sum())
    return Assessment(criterion.name, bool(len(measured)) and not failing.any(), worst, int(failing.sum()), rows)


def attainable(criterion: Criterion, classes: Classes, allowance: int) -> float:
    """The safest bound that the classes would keep if the worst of them, up to `allowance` rows, were suppressed."""
    measured = criterion.measure(classes)
    order = np.argsort(measured if criterion.higher_is_safer else -measured, kind="stable")
    lost = np.cumsum(classes.sizes[order])
    kept = order[np.searchsorted(lost, allowance, side="right") :]
    return _worst(measured[kept], criterion.higher_is_safer)


def histogram_of(classes: Classes, sensitive: str) -> Histogram:
    """The histogram of a sensitive attribute. Raises UsageError if the classes were made without it."""
    if sensitive not in classes.histograms:
        raise UsageError(f"a criterion reads the sensitive attribute {sensitive!r}, which the table does not hold")
    return classes.histograms[sensitive]


def by_class(histogram: Histogram, weights: NDArray[np.float64] | None, count: int) -> NDArray[np.float64]:
    """Sum `weights` (or count entries) over the histogram entries of each of `count` classes."""
    return np.bincount(histogram.classes, weights=weights, minlength=count).astype(np.float64)


def _worst(measured: NDArray[np.float64], higher_is_safer: bool) -> float:
    if not len(measured):
        return 0.0 if higher_is_safer else float("inf")
    return float(measured.min() if higher_is_safer else measured.max())
