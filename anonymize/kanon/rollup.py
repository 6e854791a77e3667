"""Equivalence classes at a node of the generalisation lattice, made from those of a lower node wherever one is kept.

Rows are grouped once, at the bottom. Every other node groups groups: its classes are unions of the classes of any
node below it, because a hierarchy never separates what it has merged.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.kanon.classes import Classes, group
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.table import Codes, Column, Table

Levels = tuple[int, ...]

_CELLS = 1 << 24
"""Cells that the history may hold: 64 MiB of codes."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """The classes at one node, and for each attribute the code that a class has at the node's level."""

    levels: Levels
    codes: tuple[Codes, ...]
    classes: Classes

    @property
    def cells(self) -> int:
        """What it takes to keep it."""
        histograms = sum(3 * len(histogram.counts) for histogram in self.classes.histograms.values())
        return len(self.classes.sizes) * (len(self.codes) + 2) + histograms


def bottom(table: Table, hierarchies: Sequence[Hierarchy], sensitive: Sequence[Column]) -> Grouping:
    """The rows grouped by their values."""
    labels = group([column.codes for column in table.columns], [len(h.leaves) for h in hierarchies], table.rows)
    first = np.empty(int(labels.max(initial=-1)) + 1, np.int64)
    first[labels] = np.arange(len(labels))
    codes = tuple(column.codes[first] for column in table.columns)
    return Grouping((0,) * len(hierarchies), codes, Classes.of(labels, sensitive))


def regroup(source: Grouping, levels: Levels, hierarchies: Sequence[Hierarchy]) -> Grouping:
    """The grouping at `levels`, none of which is under the source's."""
    lifted = tuple(
        codes if low == high else hierarchy.lift(low, high)[codes]
        for codes, low, high, hierarchy in zip(source.codes, source.levels, levels, hierarchies, strict=True)
    )
    cardinalities = [len(hierarchy.labels[level]) for hierarchy, level in zip(hierarchies, levels, strict=True)]
    target = group(lifted, cardinalities, len(source.classes.sizes))
    count = int(target.max(initial=-1)) + 1
    first = np.empty(count, np.int64)
    first[target] = np.arange(len(target))
    return Grouping(levels, tuple(codes[first] for codes in lifted), source.classes.merged(target, count))


class RollUp:
    """Groupings by node, each made from the smallest kept one beneath it.

    `from_groups` counts those that were not made from the bottom node.
    """

    def __init__(self, base: Grouping, hierarchies: Sequence[Hierarchy], cells: int = _CELLS) -> None:
        self._base, self._hierarchies, self._cells = base, hierarchies, cells
        self._kept: OrderedDict[Levels, Grouping] = OrderedDict()
        self._held = 0
        self.from_groups = 0

    def at(self, levels: Levels) -> Grouping:
        """The grouping at a node."""
        if levels == self._base.levels:
            return self._base
        if levels in self._kept:
            self._kept.move_to_end(levels)
            return self._kept[levels]
        source = self._nearest(levels)
        self.from_groups += source is not self._base
        found = regroup(source, levels, self._hierarchies)
        self._keep(found)
        return found

    def _nearest(self, levels: Levels) -> Grouping:
        beneath = [kept for kept in self._kept.values() if all(map(int.__le__, kept.levels, levels))]
        source = min(beneath, key=lambda kept: len(kept.classes.sizes), default=self._base)
        if source is not self._base:
            self._kept.move_to_end(source.levels)
        return source

    def _keep(self, grouping: Grouping) -> None:
        self._kept[grouping.levels] = grouping
        self._held += grouping.cells
        while self._held > self._cells and len(self._kept) > 1:
            self._held -= self._kept.popitem(last=False)[1].cells
