"""Cross-release intersection: two releases of the same traffic under different keys, laid side by side.

The adversary knows a few requests of a person, as in `known_requests`, and searches both releases. In the worst case
they know which sessions of the two belong together, and keep what both searches found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.attacks.base import AttackResult, Sample
from smartsandbox.anonymize.attacks.known_requests import DEFAULT_DELTA_US, DEFAULT_KNOWN, KnownSearch
from smartsandbox.anonymize.attacks.reidentify import MOST_ATTEMPTS, Rows, reidentify
from smartsandbox.anonymize.attacks.sessions import Session


@dataclass(frozen=True, slots=True)
class _Search:
    first: KnownSearch
    second: KnownSearch
    places: Rows
    """By place in the second release, the place of the same session in the first; -1 if it is not there."""

    def suits(self, target: Session) -> bool:
        return self.first.suits(target)

    def candidates(self, target: Session, hidden: Rows, rng: np.random.Generator) -> Rows:
        seen = self.first.drawn(target, rng)
        there = np.flatnonzero(np.isin(self.places, hidden))
        one, other = self.first.fitting(target, seen, hidden), self.places[self.second.fitting(target, seen, there)]
        both = np.intersect1d(one, other)
        return both if len(both) else np.union1d(one, other[other >= 0])


@dataclass(frozen=True, slots=True)
class CrossRelease:
    """`known` requests, each known to within `delta_us`. The second release is `again` of the published sample."""

    known: int = DEFAULT_KNOWN
    delta_us: int = DEFAULT_DELTA_US
    most: int = MOST_ATTEMPTS

    def run(self, original: Sample, published: Sample, control: Sample, rng: np.random.Generator) -> AttackResult:
        """One attempt a session; without a second release there is none."""
        if not published.sessions or not published.again:
            return AttackResult(())
        at = {session.key: place for place, session in enumerate(published.sessions)}
        search = _Search(self._in(published.sessions), self._in(published.again), _places(published.again, at))
        return reidentify(search, original, published, control, rng, self.most)

    def _in(self, sessions: tuple[Session, ...]) -> KnownSearch:
        return KnownSearch(sessions, self.known, self.delta_us)


def _places(again: tuple[Session, ...], at: Mapping[str, int]) -> Rows:
    return np.array([at.get(session.key, -1) for session in again], dtype=np.int64)
