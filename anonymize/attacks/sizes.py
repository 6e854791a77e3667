"""Fingerprints in size: who saw how much each answer held, as any network on the way can, looks for the same sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample
from smartsandbox.anonymize.attacks.profiles import Profiles, sizes, smallest
from smartsandbox.anonymize.attacks.reidentify import MOST_ATTEMPTS, Rows, reidentify
from smartsandbox.anonymize.attacks.sessions import Session

FEWEST_REQUESTS = 2


class _Search:
    def __init__(self, published: tuple[Session, ...]) -> None:
        self._profiles = Profiles(published, sizes)

    def suits(self, target: Session) -> bool:
        return target.length >= FEWEST_REQUESTS and any(target.sizes)

    def candidates(self, target: Session, rng: np.random.Generator) -> Rows:
        return smallest(self._profiles.distances(target))


@dataclass(frozen=True, slots=True)
class Sizes:
    """One attempt a session of FEWEST_REQUESTS requests or more that were answered with anything."""

    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """Claims the session with the nearest profile of sizes."""
        if not published.sessions:
            return AttackResult(())
        return reidentify(_Search(published.sessions), original, published, control, rng, self.most)
