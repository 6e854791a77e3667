"""What a run did to the values: counts by decision, never the values themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Tally:
    """Leaves by outcome. `seen` is always the sum of the outcomes."""

    outcomes: Counter[str] = field(default_factory=Counter)

    def count(self, outcome: str) -> None:
        """One more leaf with an outcome such as "keep" or "surrogate email"."""
        self.outcomes[outcome] += 1

    @property
    def seen(self) -> int:
        """All leaves."""
        return sum(self.outcomes.values())

    def groups(self) -> dict[str, int]:
        """Leaves kept, replaced, generalised, banded, moved in time and dropped; they add up to `seen`."""
        totals: Counter[str] = Counter()
        for outcome, count in self.outcomes.items():
            totals[_group(outcome)] += count
        return dict(sorted(totals.items()))

    def to_json(self) -> dict[str, Any]:
        """A JSON object for the certificate."""
        return {"leaves": self.seen, **self.groups(), "by_outcome": dict(sorted(self.outcomes.items()))}


def _group(outcome: str) -> str:
    word = outcome.partition(" ")[0]
    if outcome in ("keep", "common kept", "free_text kept", "empty"):
        return "kept"
    return {"generalise": "generalised", "band": "banded", "retime": "retimed", "drop": "dropped"}.get(
        word, "surrogated"
    )
