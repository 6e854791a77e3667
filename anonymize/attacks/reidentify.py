"""What the attacks on sessions share: from what is known of a target, claim one published session; is it theirs?

For a person who is not in the publication there is no right session. The control gives each of them a stand-in among
the published sessions of the same length: its rate is how often a claim is right by general shape alone. This assumes
that the adversary knows who is in the publication, which is the cautious case. The whole publication is searched, as an
adversary would; who serves as control is taken for absent while they are looked for.

No dice are thrown where the chance is known: a claim among n candidates of which one is right counts as 1/n, and a
target is tried with several pieces of knowledge, of which the mean counts. What is left in the result is what the
publication tells, so that two runs over the same traffic come to the same verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial, chosen
from smartsandbox.anonymize.attacks.sessions import Session

MOST_ATTEMPTS = 500
MOST_ROUNDS = 20
"""Pieces of knowledge that one target is tried with, as long as all searches are no more than the most attempts."""

Rows = NDArray[np.int64]
NOBODY_HIDDEN: Rows = np.zeros(0, np.int64)


class Search(Protocol):
    """Finds the published sessions that fit a target; made once for all targets."""

    def suits(self, target: Session) -> bool:
        """True if the target is long enough to be attacked."""
        ...

    def candidates(self, target: Session, hidden: Rows, rng: np.random.Generator) -> Rows:
        """The published sessions that fit best, by their place; they are equally good. May be empty.

        Those at the places `hidden` are looked over. What is known of the target is drawn anew each time.
        """
        ...


def reidentify(
    search: Search, original: Sample, published: Sample, control: Sample, rng: np.random.Generator, most: int
) -> AttackResult:
    """One attempt a session; without candidates it failed.

    Successes are chances added up over attempts. `notes` say for how many targets the first piece of knowledge left
    exactly one candidate, and for how many any.
    """
    if not published.sessions:
        return AttackResult(())
    targets, absent = (_targets(sample.sessions, search, most, rng) for sample in (original, control))
    own, rounds = _by_key(published.sessions), _rounds(len(targets), most)
    hits, counts, guesses = 0.0, list[int](), 0.0
    for target in targets:
        right = own.get(target.key, NOBODY_HIDDEN)
        found = [_Found.of(search.candidates(target, NOBODY_HIDDEN, rng), right) for _ in range(rounds)]
        hits += sum(one.chance for one in found) / rounds
        counts.append(found[0].count)
        guesses += len(right) / len(published.sessions)
    control_hits = _stand_ins(search, absent, published.sessions, own, _rounds(len(absent), most), rng)
    notes = {"one candidate": counts.count(1), "any candidate": len(counts) - counts.count(0)}
    return AttackResult((Trial(len(targets), hits, len(absent), control_hits, guesses),), notes)


def _targets(sessions: Sequence[Session], search: Search, most: int, rng: np.random.Generator) -> list[Session]:
    suited = [session for session in sessions if search.suits(session)]
    return [suited[at] for at in chosen(len(suited), most, rng)]


def _rounds(targets: int, most: int) -> int:
    return max(1, min(MOST_ROUNDS, most // max(1, targets)))


@dataclass(frozen=True, slots=True)
class _Found:
    """How many candidates there were, and the chance that one of them taken at random is a right one."""

    count: int
    chance: float

    @staticmethod
    def of(candidates: Rows, right: Rows) -> _Found:
        if not len(candidates):
            return _Found(0, 0.0)
        is_right = candidates == right[0] if len(right) == 1 else np.isin(candidates, right)
        return _Found(len(candidates), float(is_right.mean()))


def _stand_ins(
    search: Search,
    absent: Sequence[Session],
    published: Sequence[Session],
    own: Mapping[str, Rows],
    rounds: int,
    rng: np.random.Generator,
) -> float:
    """The chances added up that a claim is the stand-in, which is any of the others of the same length."""
    alike, everyone = _by_length(published), np.arange(len(published))
    total = 0.0
    for target in absent:
        hidden = own.get(target.key, NOBODY_HIDDEN)
        others = np.setdiff1d(alike.get(target.length, everyone), hidden)
        others = others if len(others) else everyone
        tried = (_Found.of(search.candidates(target, hidden, rng), others) for _ in range(rounds))
        total += sum(one.chance for one in tried) / rounds / len(others)
    return total


def _by_key(published: Sequence[Session]) -> Mapping[str, Rows]:
    places: dict[str, list[int]] = defaultdict(list)
    for at, session in enumerate(published):
        places[session.key].append(at)
    return {key: np.array(found, dtype=np.int64) for key, found in places.items()}


def _by_length(published: Sequence[Session]) -> Mapping[int, Rows]:
    places: dict[int, list[int]] = defaultdict(list)
    for at, session in enumerate(published):
        places[session.length].append(at)
    return {length: np.array(found, dtype=np.int64) for length, found in places.items()}
