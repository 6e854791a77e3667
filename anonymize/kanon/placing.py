"""Places people in groups: by the task's method among those who have the same attributes, then one by one.

People who lack an attribute are grouped with those who lack the same ones; too few of them take the values of a group
that has all they have, and only who fits nowhere is suppressed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.classes import SUPPRESSED
from smartsandbox.anonymize.kanon.demands import Demands, Held, Rows, demands_of
from smartsandbox.anonymize.kanon.encode import normal, representatives, suppressed
from smartsandbox.anonymize.kanon.methods import Cells
from smartsandbox.anonymize.kanon.task import Pattern, Plan, Task

_MOST_TRIED = 32
"""Groups that somebody is held against who may join one only if it still keeps every demand."""


def place_people(task: Task) -> Plan:
    """Group people once; nobody is blamed and nothing is judged but the groups themselves."""
    people = task.people
    by_pattern: dict[Pattern, list[int]] = defaultdict(list)
    for index, person in enumerate(people):
        if person not in task.withheld:
            by_pattern[task.known(person)].append(index)
    planner = _Planner(task, people)
    for index, person in enumerate(people):
        if person in task.withheld:
            planner.leave_out(task.known(person), index)
    for pattern in sorted(by_pattern, key=lambda one: (-len(one), one)):
        planner.place(pattern, np.array(by_pattern[pattern], np.int64))
    return planner.plan()


def as_published(task: Task, people: Sequence[str]) -> Held:
    """The sensitive values with those of withheld people replaced."""
    usual = demands_of(people, task.held, task.sensitive).usual if task.withheld else {}
    shown = {person: task.held[person] for person in task.withheld if person in task.held}
    return {**task.held, **{person: {name: (usual[name],) for name in row} for person, row in shown.items()}}


@dataclass(frozen=True, slots=True)
class _Class:
    """The values that a group publishes, and the numbers of its members."""

    values: Mapping[str, str]
    members: Rows


class _Planner:
    def __init__(self, task: Task, people: Sequence[str]) -> None:
        self.task, self.people, self.kinds = task, people, task.kinds
        self.demands: Demands = demands_of(people, as_published(task, people), task.sensitive)
        self.published: dict[str, Mapping[str, str]] = {}
        self.classes: list[_Class] = []
        self.adopted: list[_Class] = []
        self.suppressed: set[str] = set()
        self.losses: list[tuple[float, int]] = []
        self.entropy = 0.0
        self.relieved: Counter[str] = Counter()

    def place(self, pattern: Pattern, rows: Rows) -> None:
        """Give every person of a pattern the values of a group."""
        kinds = [self.kinds[name] for name in pattern]
        columns = [[self.text(row, name) for row in rows] for name in pattern]
        cells = Cells(pattern, columns, kinds)
        found = self.task.method.group(cells, self.task.k, self.demands.criteria, self.demands.part(rows))
        groups = _members(found.labels)
        for group in groups:
            values = representatives([[column[index] for index in group] for column in columns], kinds)
            self.publish(_Class(dict(zip(pattern, values, strict=True)), rows[group]))
        if groups:
            self.losses.append((found.ncp, len(rows)))
            self.entropy += found.entropy
            self.relieved.update(found.relieved)
            self.suppress(pattern, rows[found.labels == SUPPRESSED])
        else:
            self.adopt(pattern, rows)

    def publish(self, group: _Class) -> None:
        self.classes.append(group)
        self.published.update(dict.fromkeys((self.people[index] for index in group.members), group.values))

    def leave_out(self, pattern: Pattern, row: int) -> None:
        """Suppress somebody whom no method has seen: all of what they had is lost."""
        self.suppress(pattern, [row])
        self.losses.append((1.0, 1))

    def suppress(self, pattern: Pattern, rows: Iterable[int]) -> None:
        for row in rows:
            self.suppressed.add(self.people[row])
            self.published[self.people[row]] = {name: suppressed(self.kinds[name]) for name in pattern}

    def adopt(self, pattern: Pattern, rows: Rows) -> None:
        """Too few for a group of their own: the nearest group that has all their attributes, or suppression."""
        fitting = [group for group in self.classes if set(pattern) <= set(group.values)]
        for row in rows.tolist():
            values = self.nearest(row, pattern, fitting)
            if values is None:
                self.leave_out(pattern, row)
            else:
                self.published[self.people[row]] = values
                self.adopted.append(_Class(values, np.array([row], np.int64)))

    def nearest(self, row: int, pattern: Pattern, fitting: Sequence[_Class]) -> dict[str, str] | None:
        """The values of the nearest group that the person may join; the choice does not depend on any order."""
        offers = {tuple(group.values[name] for name in pattern) for group in fitting}
        if not self.demands.demands:
            offers = {min(offers, key=lambda one: self.distance(row, pattern, one))} if offers else set()
        for offer in sorted(offers, key=lambda one: self.distance(row, pattern, one))[:_MOST_TRIED]:
            values = dict(zip(pattern, offer, strict=True))
            if self.may_join(row, values):
                return values
        return None

    def may_join(self, row: int, values: Mapping[str, str]) -> bool:
        """True if those who publish these values keep every demand with one more."""
        if not self.demands.demands:
            return True
        same = [g.members for g in (*self.classes, *self.adopted) if values.items() <= g.values.items()]
        return self.demands.keeps(np.concatenate([*same, np.array([row], np.int64)]))

    def distance(self, row: int, pattern: Pattern, offer: Sequence[str]) -> tuple[int, str]:
        """Attributes that differ, then the values themselves, so that the choice does not depend on order."""
        differing = sum(self.text(row, name) != value for name, value in zip(pattern, offer, strict=True))
        return differing, "\x00".join(offer)

    def text(self, row: int, name: str) -> str:
        return normal(self.task.rows[self.people[row]][name], self.kinds[name])

    def plan(self) -> Plan:
        placed = sum(count for _, count in self.losses)
        loss = sum(value * count for value, count in self.losses) / placed if placed else 0.0
        sizes = tuple(len(group.members) for group in self.classes)
        return Plan(
            published=self.published,
            suppressed=frozenset(self.suppressed),
            population=len(self.people),
            sizes=sizes,
            ncp=loss,
            blame=dict(self.relieved),
            entropy=self.entropy,
            usual=self.demands.usual,
        )


def _members(labels: NDArray[np.int64]) -> list[Rows]:
    """The places of each group's members, by the number of the group."""
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return [part for part in np.split(order, starts[1:]) if labels[part[0]] != SUPPRESSED]
