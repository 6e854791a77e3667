"""Membership by rare endpoints: does the publication show that somebody used this unusual combination?

The adversary knows which m endpoints of a person's session fewest others have, and says "is in it" if a published
session has them all. What k^m-anonymity bounds is the same: how few sessions share any m endpoints. Only the sessions
with the rarest combinations are tried, because nobody stands out by what everybody does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial, evenly
from smartsandbox.anonymize.attacks.sessions import Session
from smartsandbox.anonymize.attacks.statistics import advantage

DEFAULT_KNOWN = 2
FEWEST_TARGETS = 50
SHARE_OF_TARGETS = 0.25
MOST_ENDPOINTS = 48
"""Endpoints of one session that are combined, the rarest first."""

Combination = tuple[str, ...]


class _Population:
    """How many sessions hold each combination."""

    def __init__(self, sessions: Sequence[Session], known: int) -> None:
        self._known = known
        self._singles = Counter(name for session in sessions for name in set(session.endpoints))
        self._holders = Counter(one for session in sessions for one in self.of(session))

    def of(self, session: Session) -> Iterator[Combination]:
        """The combinations of a session."""
        names = sorted(set(session.endpoints), key=lambda name: (self._singles[name], name))[:MOST_ENDPOINTS]
        return combinations(sorted(names), min(self._known, len(names)))

    def rarest(self, session: Session) -> tuple[int, Combination]:
        """How many hold the rarest combination of a session, and which it is."""
        return min((self._holders[one], one) for one in self.of(session))


@dataclass(frozen=True, slots=True)
class RareEndpoints:
    """Combinations of `known` endpoints; the risk is the advantage of the claims, see `advantage`."""

    known: int = DEFAULT_KNOWN
    fewest: int = FEWEST_TARGETS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """A success is a claim of membership. The baseline deals the claims evenly to all targets.

        Who knows no endpoint attempts nothing.
        """
        if not self.known:
            return AttackResult(())
        population = _Population([*original.sessions, *control.sessions], self.known)
        absent = {session.key for session in control.sessions}
        shown = {one for session in published.sessions if session.key not in absent for one in population.of(session)}
        inside, outside = (self._tried(sample, population, shown) for sample in (original, control))
        dealt = (inside.claims + outside.claims) / max(1, inside.attempts + outside.attempts) * inside.attempts
        trial = Trial(inside.attempts, inside.claims, outside.attempts, outside.claims, dealt, measure=advantage)
        return AttackResult((trial,), {"held by one session and shown": inside.alone})

    def _tried(self, sample: Sample, population: _Population, shown: set[Combination]) -> _Claims:
        rarest = [population.rarest(session) for session in sample.sessions]
        most = max(self.fewest, round(SHARE_OF_TARGETS * len(rarest)))
        weights = evenly([holders for holders, _ in rarest], most)
        is_shown = np.array([one in shown for _, one in rarest], dtype=np.bool_)
        is_alone = np.array([holders == 1 for holders, _ in rarest], dtype=np.bool_)
        alone = round(float(weights[is_shown & is_alone].sum()))
        return _Claims(min(most, len(rarest)), float(weights[is_shown].sum()), alone)


@dataclass(frozen=True, slots=True)
class _Claims:
    """How many sessions were tried, how many of them claimed, and for how many of these nobody else fits."""

    attempts: int
    claims: float
    alone: int
