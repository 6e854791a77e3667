"""Full-domain generalisation: every attribute at one level of its hierarchy, the levels found that lose least.

The search is exact for every criterion and loss given: it prunes with a criterion only where that criterion survives
merging (and, where rows may be suppressed, merging with rows that were), and with a loss only by its lower bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import Criterion
from smartsandbox.anonymize.kanon.classes import SUPPRESSED, Classes, group
from smartsandbox.anonymize.kanon.forecast import margin
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.lattice import Frontier
from smartsandbox.anonymize.kanon.losses import Loss
from smartsandbox.anonymize.kanon.objective import objective_of
from smartsandbox.anonymize.kanon.rollup import Levels, RollUp, bottom
from smartsandbox.anonymize.kanon.table import Column, Table
from smartsandbox.packs.errors import UsageError


@dataclass(frozen=True, slots=True)
class Problem:
    """What is asked. `hierarchies` are in the order of the columns, with leaves exactly the columns' values.

    `suppression_limit` is the share of rows, 0 to 1, that may be left out. `sensitive` holds the attributes that
    criteria read; none of them is a column of `table`.
    """

    table: Table
    hierarchies: tuple[Hierarchy, ...]
    criteria: tuple[Criterion, ...]
    loss: Loss
    suppression_limit: float = 0.0
    sensitive: tuple[Column, ...] = ()

    @property
    def allowance(self) -> int:
        """Rows that may be suppressed. The product is rounded first: 0.29 of 100 is 29, not 28.999."""
        return math.floor(round(self.suppression_limit * self.table.rows, 6))

    @property
    def pruning(self) -> tuple[Criterion, ...]:
        """The criteria that, once they hold at a node, hold at every node above it."""
        if self.allowance == 0:
            return tuple(criterion for criterion in self.criteria if criterion.monotone)
        return tuple(criterion for criterion in self.criteria if criterion.monotone_with_suppression)

    @staticmethod
    def of(
        table: Table,
        hierarchies: Sequence[Hierarchy],
        criteria: Sequence[Criterion],
        loss: Loss,
        suppression_limit: float = 0.0,
        sensitive: Sequence[Column] = (),
    ) -> Problem:
        """Restrict the hierarchies to the values that occur. Raises UsageError where the parts do not fit."""
        if not table.rows or not table.columns:
            raise UsageError("there is nobody, or no quasi-identifier, to anonymise")
        if not criteria:
            raise UsageError("no criterion is asked for: name at least k-anonymity")
        if not 0 <= suppression_limit <= 1:
            raise UsageError(f"the suppression limit is {suppression_limit:g}: it is a share between 0 and 1")
        both = sorted({column.name for column in sensitive} & set(table.names))
        if both:
            raise UsageError(f"{both[0]!r} is both a quasi-identifier and sensitive: it can be one of them")
        if len(hierarchies) != len(table.columns):
            raise UsageError(f"{len(table.columns)} attributes but {len(hierarchies)} hierarchies")
        fitted = tuple(h.restrict(column.values) for h, column in zip(hierarchies, table.columns, strict=True))
        return Problem(table, fitted, tuple(criteria), loss, suppression_limit, tuple(sensitive))


@dataclass(frozen=True, slots=True)
class Check:
    """What one node is: its classes, which fail, and whether the rows in failing classes may all be suppressed."""

    classes: Classes
    failing: NDArray[np.bool_]
    holds: bool
    margin: float
    """Above 0 if the criteria that prune force out more rows than may be suppressed; see `forecast.margin`."""

    @property
    def outliers(self) -> int:
        """Rows in failing classes."""
        return int(self.classes.sizes[self.failing].sum())


@dataclass(frozen=True, slots=True)
class Optimum:
    """The levels that lose least. `labels` is the class of each row, SUPPRESSED for those left out.

    `classes` counts all classes of the node, `published_classes` those that keep the criteria. `checks` counts the
    nodes whose classes were judged, `rollups` those grouped from the groups of a checked node, `nodes` the lattice.
    """

    levels: Levels
    loss: float
    outliers: int
    classes: int
    published_classes: int
    labels: NDArray[np.int64]
    checks: int
    rollups: int
    nodes: int


def judge(problem: Problem, classes: Classes) -> Check:
    """Judge the classes of one node."""
    failing = _failing(problem.criteria, classes)
    outliers = int(classes.sizes[failing].sum())
    if len(problem.pruning) == len(problem.criteria):
        forced = outliers
    else:
        forced = int(classes.sizes[_failing(problem.pruning, classes)].sum())
    return Check(classes, failing, outliers <= problem.allowance, margin(forced, problem.allowance))


def _failing(criteria: Sequence[Criterion], classes: Classes) -> NDArray[np.bool_]:
    failing = np.zeros(len(classes.sizes), np.bool_)
    for criterion in criteria:
        failing |= ~criterion.holds(criterion.measure(classes))
    return failing


def optimum(problem: Problem) -> Optimum | None:
    """The node of least loss at which every criterion holds, or None if there is none."""
    objective = objective_of(problem.loss, problem.table.columns, problem.hierarchies)
    frontier = Frontier([hierarchy.height for hierarchy in problem.hierarchies], objective.costs)
    rollup = RollUp(bottom(problem.table, problem.hierarchies, problem.sensitive), problem.hierarchies)
    best: _Best | None = None
    checks = 0
    while (node := frontier.next()) is not None:
        checks += 1
        check = judge(problem, rollup.at(node).classes)
        bound = objective.bound(node, check.classes, problem.allowance)
        frontier.checked(node, check.margin, bound)
        if check.holds:
            found = _Best(objective.loss(node, check.classes, check.failing), frontier.tie(node), node, check)
            frontier.passed(node, found.loss)
            best = found if best is None or (found.loss, found.tie) < (best.loss, best.tie) else best
    return _outcome(problem, best, checks, rollup.from_groups, frontier.nodes) if best else None


@dataclass(frozen=True, slots=True)
class _Best:
    loss: float
    tie: int
    levels: Levels
    check: Check


def _outcome(problem: Problem, best: _Best, checks: int, rollups: int, nodes: int) -> Optimum:
    failing = best.check.failing
    return Optimum(
        levels=best.levels,
        loss=best.loss,
        outliers=best.check.outliers,
        classes=len(failing),
        published_classes=int((~failing).sum()),
        labels=labels_at(problem, best.levels),
        checks=checks,
        rollups=rollups,
        nodes=nodes,
    )


def labels_at(problem: Problem, levels: Levels) -> NDArray[np.int64]:
    """The class of each row at a node, rows of classes that fail labelled SUPPRESSED."""
    codes = [
        hierarchy.maps[level][column.codes]
        for column, hierarchy, level in zip(problem.table.columns, problem.hierarchies, levels, strict=True)
    ]
    sizes = [len(hierarchy.labels[level]) for hierarchy, level in zip(problem.hierarchies, levels, strict=True)]
    labels = group(codes, sizes, problem.table.rows)
    failing = _failing(problem.criteria, Classes.of(labels, problem.sensitive))
    return np.where(failing[labels], SUPPRESSED, labels)
