"""Linkability: two adversaries know different attributes of a person; do both find the same published row?

Giomi et al. (PETS 2023), section 5.2, with one nearest neighbour. Equally near rows are drawn from at random, so that
a group of k rows that are alike counts as the 1/k chance that it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial
from smartsandbox.anonymize.attacks.distance import nearest, ranked
from smartsandbox.anonymize.attacks.knowledge import KNOWN, halves_of, repeated
from smartsandbox.anonymize.attacks.people import People

MOST_ATTEMPTS = 3000


@dataclass(frozen=True, slots=True)
class Linkability:
    """Each adversary knows `known` attributes of people who have two or more."""

    known: int = KNOWN
    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """No attempt if fewer than two attributes are published, or of fewer than two people."""
        table = published.people
        if len(table.names) < 2 or table.count < 2:
            return AttackResult(())
        tried, hits, notes = self._linked(original.people, table, rng)
        control_tried, control_hits, _ = self._linked(control.people, table, rng)
        guesses = int((rng.integers(table.count, size=tried) == rng.integers(table.count, size=tried)).sum())
        return AttackResult((Trial(tried, hits, control_tried, control_hits, guesses),), notes)

    def _linked(self, people: People, table: People, rng: np.random.Generator) -> tuple[int, int, dict[str, int]]:
        """Attempts, successes, and by which attributes the same row was found."""
        rows = np.flatnonzero((~np.isnan(people.cells)).sum(axis=1) >= 2)
        targets = repeated(people, rows, self.most, rng)
        asked, held = ranked(targets, table), ranked(table, table)
        halves = halves_of(targets, self.known, rng)
        one, other = (nearest(asked, held, table.numeric, known, rng) for known in halves)
        same = one == other
        used = (halves[0] | halves[1])[same].sum(axis=0)
        return targets.count, int(same.sum()), dict(zip(table.names, used.tolist(), strict=True))
