"""A loss as the search sees it: its value at a node, and what bounds it at all nodes above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.losses import ClassLoss, LevelLoss, Loss
from smartsandbox.anonymize.kanon.rollup import Levels
from smartsandbox.anonymize.kanon.table import Column


class Objective(Protocol):
    """The loss of nodes. `costs` holds that of every node where it is known before any check, by level."""

    @property
    def costs(self) -> NDArray[np.float64] | None:
        """One axis an attribute, or None."""
        ...

    def loss(self, levels: Levels, classes: Classes, failing: NDArray[np.bool_]) -> float:
        """The loss of a node where `failing` classes are suppressed."""
        ...

    def bound(self, levels: Levels, classes: Classes, allowance: int) -> float:
        """Never above the loss of the node or of one above it, with at most `allowance` rows suppressed."""
        ...


@dataclass(frozen=True, slots=True)
class _ByLevel:
    costs: NDArray[np.float64]

    def loss(self, levels: Levels, classes: Classes, failing: NDArray[np.bool_]) -> float:
        return float(self.costs[levels])

    def bound(self, levels: Levels, classes: Classes, allowance: int) -> float:
        return float(self.costs[levels])


@dataclass(frozen=True, slots=True)
class _ByClass:
    measure: ClassLoss
    costs: None = None

    def loss(self, levels: Levels, classes: Classes, failing: NDArray[np.bool_]) -> float:
        return self.measure.of(classes, failing)

    def bound(self, levels: Levels, classes: Classes, allowance: int) -> float:
        return self.measure.bound(classes, allowance)


def objective_of(loss: Loss, columns: Sequence[Column], hierarchies: Sequence[Hierarchy]) -> Objective:
    """The objective for a table."""
    if not isinstance(loss, LevelLoss):
        return _ByClass(loss)
    total = np.zeros(())
    for column, hierarchy in zip(columns, hierarchies, strict=True):
        costs = [loss.level_cost(column, hierarchy, level) for level in range(hierarchy.height)]
        # Sums in another order may round a level under the one beneath it.
        total = total[..., None] + np.maximum.accumulate(costs)
    return _ByLevel(total)
