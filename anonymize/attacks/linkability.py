"""Linkability: two adversaries know different attributes of a person; do both find the same published row?

Giomi et al. (PETS 2023), section 5.2, with one nearest neighbour. Of equally near rows each may be the one that
is taken, so that a group of k rows that are alike counts as the 1/k chance that it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial
from smartsandbox.anonymize.attacks.distance import Mask, nearest, ranked
from smartsandbox.anonymize.attacks.knowledge import KNOWN, are_few, halves_of, repeated
from smartsandbox.anonymize.attacks.people import Floats, People

MOST_ATTEMPTS = 3000

Counts = tuple[int, float]


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
        inside, notes = self._linked(original.people, table, rng)
        outside, _ = self._linked(control.people, table, rng)
        return AttackResult((Trial(*inside, *outside, inside[0] / table.count),), notes)

    def _linked(self, people: People, table: People, rng: np.random.Generator) -> tuple[Counts, dict[str, int]]:
        """Attempts and successes, and by which attributes the same row was found."""
        rows = np.flatnonzero((~np.isnan(people.cells)).sum(axis=1) >= 2)
        tries = repeated(people, rows, self.most, rng, are_few(rows))
        asked, held = ranked(tries.people, table), ranked(table, table)
        halves = halves_of(tries.people, self.known, rng)
        one, other = (nearest(asked, held, table.numeric, known) for known in halves)
        same = np.concatenate(
            [_agree(left, right) for (_, left), (_, right) in zip(one, other, strict=True)] or [_NONE]
        )
        used = [round(tries.added(same * column)) for column in (halves[0] | halves[1]).T]
        return (tries.attempts, tries.added(same)), dict(zip(table.names, used, strict=True))


_NONE: Floats = np.zeros(0)


def _agree(one: Mask, other: Mask) -> Floats:
    """The chance that both take the same row, if each takes any of its own."""
    return np.asarray((one & other).sum(axis=1) / (one.sum(axis=1) * other.sum(axis=1)))
