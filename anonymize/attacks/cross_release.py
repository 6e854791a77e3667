"""Cross-release intersection: two releases of the same traffic under different keys, laid side by side.

The pseudonyms differ, so sessions are matched by all that a key does not change: pauses, sizes, endpoints and the start
on a common clock. `original` is the first release, `published` the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample
from smartsandbox.anonymize.attacks.people import Floats
from smartsandbox.anonymize.attacks.profiles import LONGEST, Profiles, gaps_us, sizes, smallest
from smartsandbox.anonymize.attacks.reidentify import MOST_ATTEMPTS, Rows, reidentify
from smartsandbox.anonymize.attacks.sessions import Session

_SECOND_US = 1_000_000.0


class _Search:
    def __init__(self, published: tuple[Session, ...]) -> None:
        self._gaps, self._sizes = Profiles(published, gaps_us), Profiles(published, sizes)
        self._starts = np.array([session.starts_us[0] for session in published], dtype=np.float64)
        self._book = {name: float(at) for at, name in enumerate(sorted({e for s in published for e in s.endpoints}))}
        self._steps = np.stack([self._codes(session.endpoints) for session in published])

    def suits(self, target: Session) -> bool:
        return target.length > 0

    def candidates(self, target: Session, rng: np.random.Generator) -> Rows:
        start = np.log1p(np.abs(self._starts - target.starts_us[0]) / _SECOND_US)
        steps = (self._steps != self._codes(target.endpoints)).sum(axis=1) / min(LONGEST, target.length)
        return smallest(self._gaps.distances(target) + self._sizes.distances(target) + steps + start)

    def _codes(self, endpoints: Sequence[str]) -> Floats:
        row = np.full(LONGEST, -1.0)
        row[: min(LONGEST, len(endpoints))] = [self._book.get(name, -2.0) for name in endpoints[:LONGEST]]
        return row


@dataclass(frozen=True, slots=True)
class CrossRelease:
    """One attempt a session of the first release."""

    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """Claims the session of the second release that is nearest in everything together."""
        if not published.sessions:
            return AttackResult(())
        return reidentify(_Search(published.sessions), original, published, control, rng, self.most)
