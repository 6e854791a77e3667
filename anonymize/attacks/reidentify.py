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
from collections.abc import Iterable, Mapping, Sequence
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
    found = [[search.candidates(one, NOBODY_HIDDEN, rng) for _ in range(rounds)] for one in targets]
    places = [own.get(one.key, NOBODY_HIDDEN) for one in targets]
    trial = Trial(
        len(targets),
        sum(_mean(_chance(one, right) for one in tried) for tried, right in zip(found, places, strict=True)),
        len(absent),
        _stand_ins(search, absent, published.sessions, own, _rounds(len(absent), most), rng),
        sum(len(right) for right in places) / len(published.sessions),
    )
    counts = [len(tried[0]) for tried in found]
    return AttackResult((trial,), {"one candidate": counts.count(1), "any candidate": len(counts) - counts.count(0)})


def _targets(sessions: Sequence[Session], search: Search, most: int, rng: np.random.Generator) -> list[Session]:
    suited = [session for session in sessions if search.suits(session)]
    return [suited[at] for at in chosen(len(suited), most, rng)]


def _rounds(targets: int, most: int) -> int:
    return max(1, min(MOST_ROUNDS, most // max(1, targets)))


def _chance(found: Rows, right: Rows) -> float:
    """That a candidate taken at random is a right one; 0 without candidates."""
    if not len(found):
        return 0.0
    return float((found == right[0]).mean()) if len(right) == 1 else float(np.isin(found, right).mean())


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
        total += _mean(_chance(search.candidates(target, hidden, rng), others) / len(others) for _ in range(rounds))
    return total


def _mean(chances: Iterable[float]) -> float:
    every = list(chances)
    return sum(every) / len(every)


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
