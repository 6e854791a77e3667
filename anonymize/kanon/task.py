"""What is to be grouped, and what comes of it: for every person the value to publish for each quasi-identifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from smartsandbox.anonymize.kanon.demands import Held
from smartsandbox.anonymize.kanon.measures import average_class_size, discernibility
from smartsandbox.anonymize.kanon.methods import Method, Mondrian
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.sensitive import Sensitive

Row = Mapping[str, str]
Pattern = tuple[str, ...]


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
