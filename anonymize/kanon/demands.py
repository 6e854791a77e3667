"""What a policy demands of every group beside k, as criteria over columns of sensitive values.

A person has the values that the capture shows of them. For l-diversity all of them count (`criteria.whichever`), for
t-closeness, which compares distributions of one value a person, the first in the order of the trace. Who has none is
counted in k alone (`criteria.known`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import Assessment, Criterion, assess
from smartsandbox.anonymize.criteria.known import AmongKnown
from smartsandbox.anonymize.criteria.whichever import LDiversity, Whichever
from smartsandbox.anonymize.kanon.classes import Classes, value_counts
from smartsandbox.anonymize.kanon.encode import normal, sort_key
from smartsandbox.anonymize.kanon.table import Column
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.sensitive import CLOSENESSES, DIVERSITIES, Sensitive

Rows = NDArray[np.int64]
Values = tuple[str, ...]
Held = Mapping[str, Mapping[str, Sequence[str]]]
"""By person and attribute, the values in the order of the trace."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One criterion with the attribute and the bound that it comes from ("l" or "t")."""

    attribute: str
    bound: str
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class Demands:
    """`columns` have a row a person; `usual` is the most frequent value of each attribute over all people."""

    demands: tuple[Demand, ...] = ()
    columns: tuple[Column, ...] = ()
    usual: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Those of every demand."""
        return tuple(demand.criterion for demand in self.demands)

    def part(self, rows: Rows) -> tuple[Column, ...]:
        """The columns of some of the people, still judged against the distribution over all."""
        return tuple(replace(column, codes=column.codes[rows]) for column in self.columns)

    def assess(self, groups: Sequence[Rows]) -> list[tuple[Demand, Assessment]]:
        """How groups of people stand against each demand; a person may be in several groups."""
        labels = np.repeat(np.arange(len(groups)), [len(rows) for rows in groups])
        together = np.concatenate(groups) if groups else np.zeros(0, np.int64)
        classes = Classes.of(labels, self.part(together))
        return [(demand, assess(demand.criterion, classes)) for demand in self.demands]

    def keeps(self, rows: Rows) -> bool:
        """True if these people may be one group."""
        return all(assessment.passed for _, assessment in self.assess([rows]))


def demands_of(people: Sequence[str], held: Held, sensitive: Mapping[str, Sensitive]) -> Demands:
    """The demands of a policy on the people who are grouped, in that order."""
    demands: list[Demand] = []
    columns: list[Column] = []
    usual = {}
    for name, attribute in sorted(sensitive.items()):
        values = [_normal(held.get(person, {}).get(name, ()), attribute) for person in people]
        usual[name] = _most_frequent(held, people, name)
        first = _column(name, [one[:1] for one in values], attribute)
        if attribute.t:
            demands.append(Demand(name, "t", AmongKnown(attribute.t.criterion(name, CLOSENESSES))))
        if attribute.l:
            criterion, column = _diversity(name, attribute, values, first)
            demands.append(Demand(name, "l", AmongKnown(criterion)))
            columns += [column] if column is not first else []
        columns.append(first)
    return Demands(tuple(demands), tuple(columns), usual)


def _normal(values: Sequence[str], attribute: Sensitive) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normal(value, attribute.kind) for value in values if value.strip()))


def _diversity(name: str, attribute: Sensitive, values: Sequence[Values], first: Column) -> tuple[Criterion, Column]:
    assert attribute.l is not None
    plain = attribute.l.criterion(name, DIVERSITIES)
    if all(len(one) < 2 for one in values):
        return plain, first
    assert isinstance(plain, LDiversity)
    column = _column(f"{name} (every value)", [tuple(sorted(one)) for one in values], attribute)
    codes: dict[str, int] = {}
    sets = _ordered((tuple(sorted(one)) for one in values), attribute.kind)
    members = tuple(tuple(codes.setdefault(value, len(codes)) for value in one) for one in sets)
    return Whichever(plain, column.name, members), column


def _ordered(values: Iterable[Values], kind: AttributeKind) -> list[Values]:
    """Those that occur, each once, but for the empty one."""
    return sorted({one for one in values if one}, key=lambda one: tuple(sort_key(value, kind) for value in one))


def _column(name: str, values: Sequence[Values], attribute: Sensitive) -> Column:
    """Code 0 for people without a value, then the values (or sets of values) in order."""
    order = [(), *_ordered(values, attribute.kind)]
    code = {one: index for index, one in enumerate(order)}
    codes = np.fromiter((code[one] for one in values), np.int32, len(values))
    column = Column(name, tuple("\x00".join(one) for one in order), codes, np.arange(len(order), dtype=np.float64))
    return replace(column, overall=value_counts(column))


def _most_frequent(held: Held, people: Sequence[str], name: str) -> str:
    counts = Counter(held[person][name][0] for person in people if held.get(person, {}).get(name))
    return min(counts, key=lambda value: (-counts[value], value), default="")
