"""The plan of a k-anonymous publication: for every person, the value to publish for each quasi-identifier.

People who lack an attribute are grouped with those who lack the same ones; too few of them take the values of a group
that has all they have, and only who fits nowhere is suppressed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.classes import SUPPRESSED
from smartsandbox.anonymize.kanon.demands import Demands, Held, demands_of
from smartsandbox.anonymize.kanon.encode import normal, representatives, suppressed
from smartsandbox.anonymize.kanon.measures import average_class_size, discernibility
from smartsandbox.anonymize.kanon.methods import Cells, Method, Mondrian
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.sensitive import Sensitive

Row = Mapping[str, str]
Pattern = tuple[str, ...]
_Rows = NDArray[np.int64]

_MOST_TRIED = 32
"""Groups that somebody is held against who may join one only if it still keeps every demand."""


@dataclass(frozen=True, slots=True)
class Task:
    """Who is to be grouped and how. `held` are sensitive values by person (see `demands`).

    `withheld` are people to suppress whatever groups there are.
    """

    rows: Mapping[str, Row]
    kinds: Mapping[str, AttributeKind]
    k: int
    held: Held = field(default_factory=lambda: MappingProxyType({}))
    sensitive: Mapping[str, Sensitive] = field(default_factory=lambda: MappingProxyType({}))
    method: Method = field(default_factory=Mondrian)
    withheld: frozenset[str] = frozenset()

    def known(self, person: str) -> Pattern:
        """The attributes that the person has, by name."""
        return tuple(name for name in sorted(self.kinds) if self.rows[person].get(name))

    @property
    def people(self) -> list[str]:
        """Those of whom any quasi-identifier is published, in order."""
        return [person for person in sorted(self.rows) if self.known(person)]

    def without(self, attribute: str) -> Task:
        """The same with one quasi-identifier given up."""
        return replace(self, kinds={name: kind for name, kind in self.kinds.items() if name != attribute})


@dataclass(frozen=True, slots=True)
class Plan:
    """`published` maps person and attribute to a value. Loss measures are those of `measures`."""

    published: Mapping[str, Mapping[str, str]]
    suppressed: frozenset[str]
    population: int
    sizes: tuple[int, ...] = ()
    ncp: float = 0.0
    """Over the people in groups of their own and those suppressed, who lose everything."""
    blame: Mapping[str, int] = field(default_factory=dict)
    """Attribute to number of suppressed people who would have a group if it were given up."""
    entropy: float = 0.0
    """Non-uniform entropy in bits; as in ARX, people who are suppressed outright are not charged."""
    usual: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Sensitive attribute to its most frequent value, which stands for that of suppressed people."""

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
            "non_uniform_entropy": round(self.entropy, 6),
            "average_class_size": round(average_class_size(sizes, k), 6) if self.sizes else 0.0,
        }


def plan_groups(task: Task) -> Plan:
    """Group people by the task's method within each pattern of known attributes. The order of rows does not matter.

    Raises UsageError if the method is given a hierarchy that lacks values.
    """
    plan = _settled(task)
    return replace(plan, blame=_blame(task, plan)) if plan.suppressed else plan


def _settled(task: Task) -> Plan:
    """A plan whose groups are near to the whole as it is published.

    The most frequent value stands for that of people who are suppressed, which moves the whole that t-closeness
    compares with. So groups are made again, with those people withheld, until nobody more is suppressed.
    """
    plan, method = _planned(task), task.method
    while plan.suppressed != task.withheld and any(attribute.t for attribute in task.sensitive.values()):
        left = method.having_suppressed(len(plan.suppressed), plan.population)
        task = replace(task, withheld=plan.suppressed, method=left)
        plan = _planned(task)
    return plan


def _as_published(task: Task, people: Sequence[str]) -> Held:
    """The sensitive values with those of withheld people replaced."""
    usual = demands_of(people, task.held, task.sensitive).usual if task.withheld else {}
    shown = {person: task.held[person] for person in task.withheld if person in task.held}
    return {**task.held, **{person: {name: (usual[name],) for name in row} for person, row in shown.items()}}


def left_out(task: Task) -> int:
    """How many people would have no group at all; cheap, for asking what a relaxation would change."""
    return len(_planned(replace(task, method=task.method.quick)).suppressed)


def _blame(task: Task, plan: Plan) -> dict[str, int]:
    """People whom the method left out of its groups, and people too few for any: each kind by its own measure."""
    outside = left_out(task)
    if not outside:
        return dict(plan.blame)
    return {
        name: plan.blame.get(name, 0) + max(0, outside - left_out(task.without(name))) for name in sorted(task.kinds)
    }


def _planned(task: Task) -> Plan:
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


@dataclass(frozen=True, slots=True)
class _Class:
    """The values that a group publishes, and the numbers of its members."""

    values: Mapping[str, str]
    members: _Rows


class _Planner:
    def __init__(self, task: Task, people: Sequence[str]) -> None:
        self.task, self.people, self.kinds = task, people, task.kinds
        self.demands: Demands = demands_of(people, _as_published(task, people), task.sensitive)
        self.published: dict[str, dict[str, str]] = {}
        self.classes: list[_Class] = []
        self.adopted: list[_Class] = []
        self.suppressed: set[str] = set()
        self.losses: list[tuple[float, int]] = []
        self.entropy = 0.0
        self.relieved: Counter[str] = Counter()

    def place(self, pattern: Pattern, rows: _Rows) -> None:
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
        self.published |= {self.people[index]: dict(group.values) for index in group.members}

    def leave_out(self, pattern: Pattern, row: int) -> None:
        """Suppress somebody whom no method has seen: all of what they had is lost."""
        self.suppress(pattern, [row])
        self.losses.append((1.0, 1))

    def suppress(self, pattern: Pattern, rows: Iterable[int]) -> None:
        for row in rows:
            self.suppressed.add(self.people[row])
            self.published[self.people[row]] = {name: suppressed(self.kinds[name]) for name in pattern}

    def adopt(self, pattern: Pattern, rows: _Rows) -> None:
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


def _members(labels: NDArray[np.int64]) -> list[_Rows]:
    """The places of each group's members, by the number of the group."""
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return [part for part in np.split(order, starts[1:]) if labels[part[0]] != SUPPRESSED]
