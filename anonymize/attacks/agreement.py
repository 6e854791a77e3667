"""Whether an attribute is a person's own or changes from one of their requests to the next, as a status does.

The measure is Scott's pi ("Reliability of content analysis", Public Opinion Quarterly 1955): how much more often two
observations of one person agree than two observations of anybody, as a share of what chance leaves.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

OWN = 0.5
"""From here on a category is taken for the person's own."""

FEWEST_REPEATS = 10
"""With fewer second observations nothing is known, and the attribute is taken for the person's own."""


@dataclass(slots=True)
class Agreement:
    """Observations of one attribute, each told with the first one of the same person."""

    values: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    equal: int = 0

    def first(self, value: str) -> None:
        """A person's first observation."""
        self.values[value] += 1

    def again(self, value: str, first: str) -> None:
        """A later one."""
        self.values[value] += 1
        self.repeats += 1
        self.equal += value == first

    @property
    def pi(self) -> float:
        """(observed - expected) / (1 - expected) agreement; 1 if all have the same value or nobody was repeated."""
        total = sum(self.values.values())
        expected = sum((count / total) ** 2 for count in self.values.values()) if total else 1.0
        if not self.repeats or expected == 1.0:
            return 1.0
        return (self.equal / self.repeats - expected) / (1.0 - expected)

    @property
    def is_own(self) -> bool:
        """True unless enough repeats show that the value changes within a person nearly as it does between people."""
        return self.repeats < FEWEST_REPEATS or self.pi >= OWN
