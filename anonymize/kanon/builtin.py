"""Generalisation hierarchies that need no file: one for each kind of attribute, over the values that occur.

Days go by month, quarter, year and decade; numbers by intervals that double in width; postcodes lose their last
character step by step; other places go by what they lie in, where the people's other places say so; categories have no
step between themselves and everything.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from smartsandbox.anonymize.kanon.encode import number_of
from smartsandbox.anonymize.kanon.hierarchy import ANY, Hierarchy
from smartsandbox.anonymize.kinds import AttributeKind

_STEPS = 32
"""The narrowest intervals are as wide as the largest power of ten of which the values span at least this many."""


class Attributes(Protocol):
    """The people as texts; `methods.Cells` is one."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the attributes."""
        ...

    @property
    def columns(self) -> Sequence[Sequence[str]]:
        """One text a person in each."""
        ...

    @property
    def kinds(self) -> Sequence[AttributeKind]:
        """Of the attributes."""
        ...


def hierarchy_for(index: int, people: Attributes, values: Sequence[str]) -> Hierarchy:
    """The hierarchy over `values` of the attribute at `index`; at its top all values are one.

    A level that merges nothing is left out.
    """
    kind = people.kinds[index]
    if kind is AttributeKind.DATE:
        rows = [day_levels(value) for value in values]
    elif kind is AttributeKind.NUMBER:
        rows = number_levels(values)
    elif kind is AttributeKind.PLACE:
        rows = _place_levels(index, people, values)
    else:
        rows = [[value] for value in values]
    return Hierarchy.of(people.names[index], _merging([[*row, ANY] for row in rows]))


def _merging(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    labels = [len(set(level)) for level in zip(*rows, strict=True)]
    kept = [level for level, count in enumerate(labels) if level == 0 or count < labels[level - 1]]
    return [[row[level] for level in kept] for row in rows]


def day_levels(value: str) -> list[str]:
    """Day, month, quarter, year and decade; a text that is no ISO day stands alone at each."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return [value] * 5
    year = f"{day.year:04d}"
    return [value, value[:7], f"{year}-Q{(day.month + 2) // 3}", year, f"{year[:3]}x"]


def number_levels(values: Sequence[str]) -> list[list[str]]:
    """Each value and the interval of each width that it lies in, from `_STEPS` on; a width is twice the one before."""
    numbers = [number_of(value) for value in values]
    span = max(numbers) - min(numbers)
    unit = 10.0 ** math.floor(math.log10(span / _STEPS)) if span else 1.0
    doublings = math.ceil(math.log2(span / unit)) if span else 0
    cells = [[math.floor(number / unit) >> power for power in range(doublings)] for number in numbers]
    return [[value, *map(str, steps)] for value, steps in zip(values, cells, strict=True)]


def _place_levels(index: int, people: Attributes, values: Sequence[str]) -> list[list[str]]:
    if sum(any(map(str.isdigit, value)) for value in values) > len(values) / 2:
        longest = max(map(len, values))
        return [[value, *(value.ljust(longest)[:end] for end in range(longest - 1, 0, -1))] for value in values]
    rows = [[value] for value in values]
    below = people.columns[index]
    for wider in _wider(index, people):
        parent = _most_seen(below, wider)
        for row in rows:
            row.append(parent[row[-1]])
        below = [parent[value] for value in below]
    return rows


def _wider(index: int, people: Attributes) -> list[Sequence[str]]:
    """The columns of places that have fewer values than this one and are no postcodes, the narrowest first."""
    own = len(set(people.columns[index]))
    others = [
        column
        for other, column in enumerate(people.columns)
        if other != index and people.kinds[other] is AttributeKind.PLACE and 1 < len(set(column)) < own
    ]
    return sorted(others, key=lambda column: -len(set(column)))


def _most_seen(below: Sequence[str], wider: Sequence[str]) -> dict[str, str]:
    """For each value, the value of the wider attribute that most of its people have."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for value, parent in zip(below, wider, strict=True):
        seen[value][parent] += 1
    return {value: min(counts, key=lambda one: (-counts[one], one)) for value, counts in seen.items()}
