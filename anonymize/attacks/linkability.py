"""Linkability: two adversaries hold different halves of a person's attributes; do both find the same published row?

Giomi et al. (PETS 2023), section 5.2, with one nearest neighbour. Equally near rows are drawn from at random, so that
a group of k rows that are alike counts as the 1/k chance that it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial, chosen
from smartsandbox.anonymize.attacks.distance import nearest, ranked
from smartsandbox.anonymize.attacks.people import People

MOST_ATTEMPTS = 1000


@dataclass(frozen=True, slots=True)
class Linkability:
    """Attributes are dealt at random into two halves; one attempt a person."""

    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """No attempt if fewer than two attributes are published, or of fewer than two people."""
        table = published.people
        if len(table.names) < 2 or table.count < 2:
            return AttackResult(())
        dealt = rng.permutation(len(table.names))
        halves = (np.sort(dealt[::2]), np.sort(dealt[1::2]))
        tried, hits = self._linked(original.people, table, halves, rng)
        control_tried, control_hits = self._linked(control.people, table, halves, rng)
        guesses = int((rng.integers(table.count, size=tried) == rng.integers(table.count, size=tried)).sum())
        return AttackResult((Trial(tried, hits, control_tried, control_hits, guesses),))

    def _linked(
        self,
        targets: People,
        table: People,
        halves: tuple[NDArray[np.int64], NDArray[np.int64]],
        rng: np.random.Generator,
    ) -> tuple[int, int]:
        rows = np.array(chosen(targets.count, self.most, rng), dtype=np.int64)
        asked, held = ranked(targets.take(rows), table), ranked(table, table)
        one, other = (nearest(asked[:, half], held[:, half], table.numeric[half], rng) for half in halves)
        return len(rows), int((one == other).sum())
