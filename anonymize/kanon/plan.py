"""The plan of a k-anonymous publication: for every person, the value to publish for each quasi-identifier.

People who lack an attribute are grouped with those who lack the same ones; too few of them take the values of a group
that has all they have, and only who fits nowhere is suppressed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from smartsandbox.anonymize.kanon.encode import normal, representatives, suppressed, table_of
from smartsandbox.anonymize.kanon.guided import guided_mondrian
from smartsandbox.anonymize.kanon.measures import average_class_size, discernibility, ncp
from smartsandbox.anonymize.policy import AttributeKind

Row = Mapping[str, str]
Pattern = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """`published` maps person and attribute to a value. Loss measures are those of `measures`."""

    published: Mapping[str, Mapping[str, str]]
    suppressed: frozenset[str]
    population: int
    sizes: tuple[int, ...] = ()
    ncp: float = 0.0
    blame: Mapping[str, int] = field(default_factory=dict)
    """Attribute to number of suppressed people who have it."""

    @property
    def representatives(self) -> frozenset[str]:
        """Every value that stands for a group: k people share it, and it is published as it is."""
        return frozenset(value for values in self.published.values() for value in values.values())

    def metrics(self, k: int) -> dict[str, float]:
        """Numbers for the certificate."""
        sizes = np.array(self.sizes, np.int64)
        return {
            "population": self.population,
            "classes": len(self.sizes),
            "smallest_class": min(self.sizes, default=0),
            "suppressed": len(self.suppressed),
            "ncp": round(self.ncp, 6),
            "discernibility": discernibility(sizes, len(self.suppressed), self.population),
            "average_class_size": round(average_class_size(sizes, k), 6) if self.sizes else 0.0,
        }


def plan_groups(rows: Mapping[str, Row], kinds: Mapping[str, AttributeKind], k: int) -> Plan:
    """Group people by Mondrian within each pattern of known attributes. The order of `rows` does not matter."""
    by_pattern: dict[Pattern, list[str]] = defaultdict(list)
    for person in sorted(rows):
        known = tuple(name for name in sorted(kinds) if rows[person].get(name))
        if known:
            by_pattern[known].append(person)
    planner = _Planner(rows, kinds, k)
    for pattern in sorted(by_pattern, key=lambda one: (-len(one), one)):
        planner.place(pattern, by_pattern[pattern])
    return planner.plan(sum(map(len, by_pattern.values())))


class _Planner:
    def __init__(self, rows: Mapping[str, Row], kinds: Mapping[str, AttributeKind], k: int) -> None:
        self.rows, self.kinds, self.k = rows, kinds, k
        self.published: dict[str, dict[str, str]] = {}
        self.classes: list[tuple[dict[str, str], int]] = []
        self.suppressed: set[str] = set()
        self.losses: list[tuple[float, int]] = []

    def place(self, pattern: Pattern, people: list[str]) -> None:
        """Give every person of a pattern the values of a group."""
        kinds = [self.kinds[name] for name in pattern]
        columns = [[normal(self.rows[person][name], self.kinds[name]) for person in people] for name in pattern]
        table = table_of(pattern, columns, kinds)
        labels = guided_mondrian(table, self.k)
        groups = [np.flatnonzero(labels == label).tolist() for label in range(int(labels.max()) + 1)]
        for group in groups:
            members = [[column[index] for index in group] for column in columns]
            values = dict(zip(pattern, representatives(members, kinds), strict=True))
            self.classes.append((values, len(group)))
            self.published |= {people[index]: values for index in group}
        if groups:
            self.losses.append((ncp(table, labels), len(people)))
        else:
            self.adopt(pattern, people)

    def adopt(self, pattern: Pattern, people: list[str]) -> None:
        """Too few for a group of their own: the nearest group that has all their attributes, or suppression."""
        fitting = [values for values, _ in self.classes if set(pattern) <= set(values)]
        for person in people:
            if fitting:
                nearest = min(fitting, key=lambda values: self.distance(person, pattern, values))
                self.published[person] = {name: nearest[name] for name in pattern}
            else:
                self.suppressed.add(person)
                self.published[person] = {name: suppressed(self.kinds[name]) for name in pattern}

    def distance(self, person: str, pattern: Sequence[str], values: Mapping[str, str]) -> tuple[int, str]:
        """Attributes that differ, then the values themselves, so that the choice does not depend on order."""
        differing = sum(normal(self.rows[person][name], self.kinds[name]) != values[name] for name in pattern)
        return differing, "\x00".join(values[name] for name in pattern)

    def plan(self, population: int) -> Plan:
        placed = sum(count for _, count in self.losses)
        loss = sum(value * count for value, count in self.losses) / placed if placed else 0.0
        blame = {name: sum(1 for p in self.suppressed if self.rows[p].get(name)) for name in sorted(self.kinds)}
        sizes = tuple(size for _, size in self.classes)
        return Plan(self.published, frozenset(self.suppressed), population, sizes, loss, blame)
