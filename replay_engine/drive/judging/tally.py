"""Counts of differences by endpoint, kind and place. No value is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

MOST_PLACES = 10_000
"""Different places that are counted apart; a target that answers with keys of its own making must not fill memory."""
ELSEWHERE = "(further places)"

Counted = tuple[str, str, str]
"""Endpoint, kind, place."""


class Tally:
    """In how many answers a place differed."""

    def __init__(self) -> None:
        self.counts: Counter[Counted] = Counter()

    def add(self, endpoint: str, differences: Iterable[tuple[str, str]]) -> None:
        """Take up one answer: the (kind, place) of what differs in it, each once."""
        for kind, place in differences:
            key = (endpoint, str(kind), place)
            if key not in self.counts and len(self.counts) >= MOST_PLACES:
                key = (endpoint, str(kind), ELSEWHERE)
            self.counts[key] += 1

    def merge(self, other: Tally) -> None:
        """Add what another one counted."""
        self.counts += other.counts
