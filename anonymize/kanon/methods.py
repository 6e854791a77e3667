"""How people who have the same attributes are parted into groups: the methods that a policy can name.

A method sees the attributes of these people as normal texts (see `encode`), and gives each person the number of a group
or SUPPRESSED. Which values stand for a group is the planner's business and the same for every method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import Criterion
from smartsandbox.anonymize.criteria.k_anonymity import KAnonymity
from smartsandbox.anonymize.kanon.builtin import hierarchy_for
from smartsandbox.anonymize.kanon.classes import SUPPRESSED, Classes
from smartsandbox.anonymize.kanon.encode import table_of
from smartsandbox.anonymize.kanon.fulldomain import Optimum, Problem, labels_at, optimum
from smartsandbox.anonymize.kanon.guided import guided_mondrian
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.losses import NonUniformEntropy
from smartsandbox.anonymize.kanon.measures import interval_entropy, ncp
from smartsandbox.anonymize.kanon.table import Column, Table
from smartsandbox.anonymize.kinds import AttributeKind


@dataclass(frozen=True, slots=True)
class Cells:
    """The people to part: one text a person in each column."""

    names: tuple[str, ...]
    columns: Sequence[Sequence[str]]
    kinds: Sequence[AttributeKind]

    @property
    def table(self) -> Table:
        """As ordered codes."""
        return table_of(self.names, self.columns, self.kinds)


@dataclass(frozen=True, slots=True)
class Grouped:
    """The group of each person, and what the grouping loses: NCP from 0 to 1, non-uniform entropy in bits.

    `relieved` counts, for each attribute, the suppressed people who would have a group if it alone were given up.
    """

    labels: NDArray[np.int64]
    ncp: float
    entropy: float
    relieved: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


class Method(Protocol):
    """A way to part people so that every group keeps k and the other criteria."""

    @property
    def quick(self) -> Method:
        """One that is cheap and leaves out the same people as have no group at all under this one."""
        ...

    def having_suppressed(self, count: int, population: int) -> Method:
        """What is left of the method's allowance for the others, once `count` people of all have been suppressed."""
        ...

    def group(self, cells: Cells, k: int, criteria: Sequence[Criterion], sensitive: Sequence[Column]) -> Grouped:
        """Part the people. All are SUPPRESSED where no grouping keeps the criteria."""
        ...


@dataclass(frozen=True, slots=True)
class Together:
    """One group of everybody, if that keeps the criteria: who has no place here has none under any method."""

    @property
    def quick(self) -> Method:
        """Itself."""
        return self

    def having_suppressed(self, count: int, population: int) -> Method:
        """Itself: nobody in its groups is suppressed."""
        return self

    def group(self, cells: Cells, k: int, criteria: Sequence[Criterion], sensitive: Sequence[Column]) -> Grouped:
        """Losses are not measured: they are those of a grouping that nobody publishes."""
        labels = np.zeros(len(cells.columns[0]), np.int64)
        classes = Classes.of(labels, sensitive)
        kept = len(labels) >= k and all(bool(one.holds(one.measure(classes)).all()) for one in criteria)
        return Grouped(labels if kept else np.full_like(labels, SUPPRESSED), 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Mondrian:
    """Multidimensional: each group covers its own range of every attribute."""

    quick: Method = field(default_factory=Together)

    def having_suppressed(self, count: int, population: int) -> Method:
        """Itself: nobody in its groups is suppressed."""
        return self

    def group(self, cells: Cells, k: int, criteria: Sequence[Criterion], sensitive: Sequence[Column]) -> Grouped:
        """Everybody has a group, or nobody."""
        table = cells.table
        labels = guided_mondrian(table, k, criteria, sensitive)
        bits = sum(interval_entropy(column, labels) for column in table.columns)
        return Grouped(labels, ncp(table, labels), bits)


@dataclass(frozen=True, slots=True)
class FullDomain:
    """Every attribute at one level of its hierarchy for all people: the levels of least non-uniform entropy.

    `hierarchies` are those given; other attributes have the one of their kind (see `builtin`). `limit` is the share of
    people who may be suppressed. The entropy is ARX's: suppressed people are not charged.
    """

    hierarchies: Mapping[str, Hierarchy] = field(default_factory=lambda: MappingProxyType({}))
    limit: float = 0.0
    quick: Method = field(default_factory=Together)

    def having_suppressed(self, count: int, population: int) -> Method:
        """The limit is a share of all people; those suppressed are taken off it."""
        left = max(0.0, self.limit * population - count)
        return replace(self, limit=left / (population - count) if count < population else 0.0)

    def group(self, cells: Cells, k: int, criteria: Sequence[Criterion], sensitive: Sequence[Column]) -> Grouped:
        """Raises UsageError if a given hierarchy lacks a value, with counts."""
        plain = cells.table
        ladders = [self._ladder(cells, index, column.values) for index, column in enumerate(plain.columns)]
        table = Table(tuple(map(_in_order, plain.columns, ladders, cells.kinds)))
        asked = (KAnonymity(k), *criteria)
        problem = Problem.of(table, ladders, asked, NonUniformEntropy(), self.limit, sensitive)
        found = optimum(problem)
        if found is None:
            return Grouped(np.full(table.rows, SUPPRESSED, np.int64), 1.0, 0.0)
        return Grouped(found.labels, ncp(table, found.labels), found.loss, _relieved(problem, found))

    def _ladder(self, cells: Cells, index: int, values: Sequence[str]) -> Hierarchy:
        given = self.hierarchies.get(cells.names[index])
        return hierarchy_for(index, cells, values) if given is None else given


def _relieved(problem: Problem, found: Optimum) -> dict[str, int]:
    """Judged at the levels that were found, one attribute at a time at a level where all its values are one."""
    if not found.outliers:
        return {}
    gone = found.labels == SUPPRESSED
    saved = {}
    for i, hierarchy in enumerate(problem.hierarchies):
        taller = (*problem.hierarchies[:i], hierarchy.with_top(), *problem.hierarchies[i + 1 :])
        levels = (*found.levels[:i], hierarchy.height, *found.levels[i + 1 :])
        labels = labels_at(replace(problem, hierarchies=taller), levels)
        saved[hierarchy.name] = int((labels[gone] != SUPPRESSED).sum())
    return saved


def _in_order(column: Column, hierarchy: Hierarchy, kind: AttributeKind) -> Column:
    """Categories in the order of their hierarchy, so that what a label covers is a range."""
    if kind in (AttributeKind.DATE, AttributeKind.NUMBER):
        return column
    return hierarchy.column([column.values[code] for code in column.codes])
