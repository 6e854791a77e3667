"""Fingerprints in time: who saw when a person's requests were sent looks for the session with the same pauses.

Only pauses are used, never the hour, so moving a whole capture or a whole session does not hide anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample
from smartsandbox.anonymize.attacks.profiles import Profiles, gaps_us, smallest
from smartsandbox.anonymize.attacks.reidentify import MOST_ATTEMPTS, Rows, reidentify
from smartsandbox.anonymize.attacks.sessions import Session

FEWEST_REQUESTS = 3


class _Search:
    def __init__(self, published: tuple[Session, ...]) -> None:
        self._profiles = Profiles(published, gaps_us)

    def suits(self, target: Session) -> bool:
        return target.length >= FEWEST_REQUESTS

    def candidates(self, target: Session, rng: np.random.Generator) -> Rows:
        return smallest(self._profiles.distances(target))


@dataclass(frozen=True, slots=True)
class Interarrival:
    """One attempt a session of FEWEST_REQUESTS requests or more."""

    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """Claims the session with the nearest profile of pauses."""
        if not published.sessions:
            return AttackResult(())
        return reidentify(_Search(published.sessions), original, published, control, rng, self.most)
