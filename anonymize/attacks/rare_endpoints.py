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

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial
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
        """A success is a claim of membership. The baseline deals the claims to all targets at random.

        Who knows no endpoint attempts nothing.
        """
        if not self.known:
            return AttackResult(())
        population = _Population([*original.sessions, *control.sessions], self.known)
        absent = {session.key for session in control.sessions}
        shown = {one for session in published.sessions if session.key not in absent for one in population.of(session)}
        inside, outside = (self._targets(sample, population, rng) for sample in (original, control))
        claims = [one in shown for _, one in inside]
        false_claims = [one in shown for _, one in outside]
        dealt = rng.permutation([*claims, *false_claims])[: len(claims)]
        alone = sum(holders == 1 and one in shown for holders, one in inside)
        trial = Trial(
            len(claims), sum(claims), len(false_claims), sum(false_claims), int(dealt.sum()), measure=advantage
        )
        return AttackResult((trial,), {"held by one session and shown": alone})

    def _targets(
        self, sample: Sample, population: _Population, rng: np.random.Generator
    ) -> list[tuple[int, Combination]]:
        rarest = [population.rarest(session) for session in sample.sessions]
        holders = np.array([count for count, _ in rarest], dtype=np.int64)
        order = np.lexsort((rng.random(len(rarest)), holders))
        most = max(self.fewest, round(SHARE_OF_TARGETS * len(rarest)))
        return [rarest[at] for at in order[:most].tolist()]
