"""Equivalence classes: the groups of people who share every published quasi-identifier.

Only what criteria and loss measures ask for is held: the size of each class, and how often each class holds each value
of a sensitive attribute. Classes come from any method: full-domain, Mondrian, or a published table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.table import Codes, Column

SUPPRESSED = -1
"""The label of a row that belongs to no class."""

_KEY_LIMIT = 2**62
_DENSE_FLOOR = 1 << 16


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often each class holds each value of one attribute: (class, value, count), no zero counts, sorted."""

    classes: NDArray[np.int64]
    values: NDArray[np.int64]
    counts: NDArray[np.int64]
    overall: NDArray[np.int64]
    """The count of each value of the domain in the whole table, suppressed rows included."""

    @property
    def cardinality(self) -> int:
        """The size of the attribute's domain."""
        return len(self.overall)

    @staticmethod
    def of(classes: NDArray[np.int64], codes: Codes, overall: NDArray[np.int64]) -> Histogram:
        """Count the codes of rows by class; class numbers are dense."""
        count = int(classes.max(initial=-1)) + 1
        present, inverse = distinct(classes * len(overall) + codes, count * len(overall))
        counts = np.bincount(inverse, minlength=len(present)).astype(np.int64)
        return Histogram(present // len(overall), present % len(overall), counts, overall)

    def merged(self, target: NDArray[np.int64], count: int) -> Histogram:
        """The histogram after class i has become class `target[i]` of `count`."""
        keys = target[self.classes] * self.cardinality + self.values
        present, inverse = distinct(keys, count * self.cardinality)
        counts = _sums(inverse, self.counts, len(present))
        return Histogram(present // self.cardinality, present % self.cardinality, counts, self.overall)


@dataclass(frozen=True, slots=True)
class Classes:
    """The size of each class, and a histogram of each sensitive attribute by its name."""

    sizes: NDArray[np.int64]
    histograms: Mapping[str, Histogram] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def rows(self) -> int:
        """How many people the classes hold."""
        return int(self.sizes.sum())

    def merged(self, target: NDArray[np.int64], count: int) -> Classes:
        """The classes after class i has become class `target[i]` of `count`."""
        histograms = {name: histogram.merged(target, count) for name, histogram in self.histograms.items()}
        return Classes(_sums(target, self.sizes, count), MappingProxyType(histograms))

    @staticmethod
    def of(labels: NDArray[np.integer], sensitive: Sequence[Column] = ()) -> Classes:
        """The classes of rows that share a label; rows labelled SUPPRESSED are left out. Ordered by label."""
        kept = labels != SUPPRESSED
        chosen = labels[kept].astype(np.int64)
        present, inverse = distinct(chosen, int(chosen.max(initial=-1)) + 1)
        sizes = np.bincount(inverse, minlength=len(present)).astype(np.int64)
        histograms = {
            column.name: Histogram.of(inverse, column.codes[kept], value_counts(column)) for column in sensitive
        }
        return Classes(sizes, MappingProxyType(histograms))


def value_counts(column: Column) -> NDArray[np.int64]:
    """How many rows hold each value of the attribute; among all people, where the column is of some of them."""
    if column.overall is not None:
        return column.overall
    return np.bincount(column.codes, minlength=len(column.values)).astype(np.int64)


def distinct(keys: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct keys, ascending, and the place of each key among them; keys lie in [0, size)."""
    if size > max(4 * len(keys), _DENSE_FLOOR):
        found, inverse = np.unique(keys, return_inverse=True)
        return found, inverse.astype(np.int64, copy=False)
    seen = np.zeros(size, np.bool_)
    seen[keys] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[keys]


def group(codes: Sequence[Codes], cardinalities: Sequence[int], rows: int) -> NDArray[np.int64]:
    """Number rows so that two have the same number exactly if all their codes are equal; numbers are dense."""
    keys, size = np.zeros(rows, np.int64), 1
    for column, cardinality in zip(codes, cardinalities, strict=True):
        if size * cardinality >= _KEY_LIMIT:
            found, keys = distinct(keys, size)
            size = len(found)
        keys = keys * cardinality + column
        size *= cardinality
    return distinct(keys, size)[1]


def _sums(index: NDArray[np.int64], counts: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.bincount(index, weights=counts, minlength=size).astype(np.int64)
