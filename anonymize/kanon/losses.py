"""What a full-domain search minimises: losses known by level before anything is grouped, and losses of classes.

The formulas are those of `measures`; here each also says what bounds it from below on the way up the lattice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.measures import average_class_size, discernibility, non_uniform_entropy
from smartsandbox.anonymize.kanon.table import Column


@runtime_checkable
class LevelLoss(Protocol):
    """A sum over attributes of the cost of each one's level; suppressed rows are not charged."""

    @property
    def name(self) -> str:
        """The published name."""
        ...

    def level_cost(self, column: Column, hierarchy: Hierarchy, level: int) -> float:
        """The cost of one attribute at one level; never falls from a level to the next."""
        ...


@runtime_checkable
class ClassLoss(Protocol):
    """A loss of the classes that are published and the rows that are suppressed."""

    @property
    def name(self) -> str:
        """The published name."""
        ...

    def of(self, classes: Classes, failing: NDArray[np.bool_]) -> float:
        """The loss where `failing` classes are suppressed."""
        ...

    def bound(self, classes: Classes, allowance: int) -> float:
        """Never above the loss of any union of these classes with at most `allowance` rows suppressed."""
        ...


Loss = LevelLoss | ClassLoss


@dataclass(frozen=True, slots=True)
class NonUniformEntropy:
    """ARX's monotone non-uniform entropy, in bits."""

    name: str = "non-uniform entropy"

    def level_cost(self, column: Column, hierarchy: Hierarchy, level: int) -> float:
        """Bits that the level takes from all cells of the attribute."""
        return non_uniform_entropy(column.codes, hierarchy.maps[level][column.codes])


@dataclass(frozen=True, slots=True)
class CertaintyPenalty:
    """NCP summed over cells: the share of the attribute's domain that the cell's label covers."""

    name: str = "normalised certainty penalty"

    def level_cost(self, column: Column, hierarchy: Hierarchy, level: int) -> float:
        """Zero for an attribute of one value."""
        if not column.span:
            return 0.0
        codes = hierarchy.maps[level]
        low, high = np.full(len(hierarchy.labels[level]), np.inf), np.full(len(hierarchy.labels[level]), -np.inf)
        np.minimum.at(low, codes, column.positions)
        np.maximum.at(high, codes, column.positions)
        return float((high - low)[codes][column.codes].sum() / column.span)


@dataclass(frozen=True, slots=True)
class Discernibility:
    """DM: n squared for each class of n rows, and for each suppressed row the size of the table."""

    name: str = "discernibility"

    def of(self, classes: Classes, failing: NDArray[np.bool_]) -> float:
        """Rows squared."""
        suppressed = int(classes.sizes[failing].sum())
        return float(discernibility(classes.sizes[~failing], suppressed, classes.rows))

    def bound(self, classes: Classes, allowance: int) -> float:
        """Suppressing a class costs no less than publishing it, and a union's square no less than its parts'."""
        return float(discernibility(classes.sizes, 0, classes.rows))


@dataclass(frozen=True, slots=True)
class AverageClassSize:
    """C_avg: rows published over classes published over k."""

    k: int
    name: str = "average class size"

    def of(self, classes: Classes, failing: NDArray[np.bool_]) -> float:
        """1 is best; infinite where nothing is published."""
        return average_class_size(classes.sizes[~failing], self.k)

    def bound(self, classes: Classes, allowance: int) -> float:
        """As many classes as there are, with as few rows as may be left."""
        left = classes.rows - allowance
        return left / (len(classes.sizes) * self.k) if len(classes.sizes) else 0.0


LOSSES: Mapping[str, type[NonUniformEntropy | CertaintyPenalty | Discernibility | AverageClassSize]] = MappingProxyType(
    {
        "non-uniform entropy": NonUniformEntropy,
        "normalised certainty penalty": CertaintyPenalty,
        "discernibility": Discernibility,
        "average class size": AverageClassSize,
    }
)
"""Loss by its published name."""
