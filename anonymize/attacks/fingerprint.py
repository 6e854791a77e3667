"""What the fingerprints share: a few consecutive numbers of a target are known, and the most similar run is looked for.

A whole session of numbers nearly always singles out by its length alone. Who knows it all knows more than the threat
model grants, so that attack is played and reported beside the result, and never judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial
from smartsandbox.anonymize.attacks.profiles import Passages, Profiles, Series, smallest, without
from smartsandbox.anonymize.attacks.reidentify import Rows, Search, reidentify
from smartsandbox.anonymize.attacks.sessions import Session

WHOLE = "whole session known"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The numbers of a session, how many consecutive ones are known, and of how many targets."""

    series: Series
    known: int
    most: int

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """One attempt a session that has as many numbers, at a place drawn at random."""
        if not published.sessions:
            return AttackResult(())

        def play(search: Search) -> AttackResult:
            return reidentify(search, original, published, control, rng, self.most)

        found = play(_Known(self, Passages(published.sessions, self.series, self.known)))
        return replace(found, beyond=self._beyond(play, Profiles(published.sessions, self.series)))

    def _beyond(self, play: Callable[[Search], AttackResult], profiles: Profiles) -> tuple[Trial, ...]:
        return tuple(replace(trial, part=WHOLE) for trial in play(_Whole(self, profiles)).trials)

    def tells(self, target: Session) -> bool:
        """True if there is enough to know, and not nothing only."""
        return len(self.series(target)) >= self.known and any(self.series(target))


@dataclass(frozen=True, slots=True)
class _Known:
    fingerprint: Fingerprint
    passages: Passages

    def suits(self, target: Session) -> bool:
        return self.fingerprint.tells(target)

    def candidates(self, target: Session, hidden: Rows, rng: np.random.Generator) -> Rows:
        numbers = self.fingerprint.series(target)
        at = int(rng.integers(len(numbers) - self.fingerprint.known + 1))
        return self.passages.nearest(numbers[at : at + self.fingerprint.known], hidden)


@dataclass(frozen=True, slots=True)
class _Whole:
    fingerprint: Fingerprint
    profiles: Profiles

    def suits(self, target: Session) -> bool:
        return self.fingerprint.tells(target)

    def candidates(self, target: Session, hidden: Rows, rng: np.random.Generator) -> Rows:
        return smallest(without(self.profiles.distances(target), hidden))
