"""A generalisation hierarchy: for each value of an attribute, what it becomes at each level.

Level 0 is the value itself. A hierarchy never separates again what a lower level has merged; that is what makes
re-grouping groups exact, so it is validated when a hierarchy is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.kanon.table import Codes, Column
from smartsandbox.packs.errors import UsageError

ANY = "*"
"""The label of a value that says nothing."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """`labels[i]` are the values of level i; `maps[i][leaf]` is the code that a leaf has at level i.

    Leaves are ordered so that those under one parent stand together, at every level.
    """

    name: str
    labels: tuple[tuple[str, ...], ...]
    maps: tuple[Codes, ...]

    @property
    def height(self) -> int:
        """How many levels there are, the values themselves included."""
        return len(self.labels)

    @property
    def leaves(self) -> tuple[str, ...]:
        """The values of level 0, in order."""
        return self.labels[0]

    def lift(self, low: int, high: int) -> Codes:
        """The code at level `high` of each code at level `low`; `low` is not above `high`."""
        lifted = np.empty(len(self.labels[low]), np.int32)
        lifted[self.maps[low]] = self.maps[high]
        return lifted

    def restrict(self, values: Sequence[str]) -> Hierarchy:
        """The hierarchy over `values` alone, leaves in the order of `values`. Raises UsageError if one is missing."""
        index = {leaf: i for i, leaf in enumerate(self.leaves)}
        missing = sum(value not in index for value in values)
        if missing:
            raise UsageError(f"the hierarchy of {self.name!r} lacks {missing} of {len(values)} values: add them")
        taken = np.array([index[value] for value in values], dtype=np.int64)
        return _from_maps(self.name, self.labels, tuple(level[taken] for level in self.maps))

    def with_top(self) -> Hierarchy:
        """The same with one more level in which all values are one."""
        everything = np.zeros(len(self.leaves), np.int32)
        return Hierarchy(self.name, (*self.labels, (ANY,)), (*self.maps, everything))

    def column(self, values: Sequence[str]) -> Column:
        """Code `values` in the order of the hierarchy. Raises UsageError if one is not a leaf."""
        return Column.category(self.name, values, self.leaves)

    @staticmethod
    def of(name: str, rows: Sequence[Sequence[str]]) -> Hierarchy:
        """One row a value: the value, then its label at each higher level.

        Raises UsageError if rows differ in length, a value occurs twice, or a level separates what a lower one merged.
        """
        if not rows or not rows[0]:
            raise UsageError(f"the hierarchy of {name!r} is empty")
        uneven = [i for i, row in enumerate(rows) if len(row) != len(rows[0])]
        if uneven:
            raise UsageError(
                f"the hierarchy of {name!r}: row {uneven[0]} has {len(rows[uneven[0]])} levels, "
                f"row 0 has {len(rows[0])}"
            )
        if len({row[0] for row in rows}) < len(rows):
            raise UsageError(f"the hierarchy of {name!r} lists a value twice")
        for level in range(1, len(rows[0])):
            _require_merging(name, rows, level)
        return _ordered(name, rows)


def _require_merging(name: str, rows: Sequence[Sequence[str]], level: int) -> None:
    parents: dict[str, str] = {}
    for i, row in enumerate(rows):
        if parents.setdefault(row[level - 1], row[level]) != row[level]:
            raise UsageError(
                f"the hierarchy of {name!r}: row {i} separates at level {level} what level {level - 1} has merged"
            )


def _ordered(name: str, rows: Sequence[Sequence[str]]) -> Hierarchy:
    height = len(rows[0])
    seen: list[dict[str, int]] = [{} for _ in range(height)]
    for row in rows:
        for level in range(height):
            seen[level].setdefault(row[level], len(seen[level]))
    ordered = sorted(rows, key=lambda row: [seen[level][row[level]] for level in reversed(range(height))])
    labels = tuple(tuple(dict.fromkeys(row[level] for row in ordered)) for level in range(height))
    codes = [{label: i for i, label in enumerate(level)} for level in labels]
    maps = tuple(np.array([codes[i][row[i]] for row in ordered], dtype=np.int32) for i in range(height))
    return Hierarchy(name, labels, maps)


def _from_maps(name: str, labels: Sequence[Sequence[str]], maps: Sequence[Codes]) -> Hierarchy:
    kept_labels, kept_maps = [], []
    for names, level in zip(labels, maps, strict=True):
        used = list(dict.fromkeys(level.tolist()))
        new = np.zeros(len(names), np.int32)
        new[used] = np.arange(len(used), dtype=np.int32)
        kept_labels.append(tuple(names[i] for i in used))
        kept_maps.append(new[level])
    return Hierarchy(name, tuple(kept_labels), tuple(kept_maps))
