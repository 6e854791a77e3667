"""What the attacks on sessions share: from what is known of a target, claim one published session; is it theirs?

For a person who is not in the publication there is no right session. The control gives each of them a stand-in, drawn
from the published sessions of the same length: its rate is how often a claim is right by general shape alone. This
assumes that the adversary knows who is in the publication, which is the cautious case. The whole publication is
searched, as an adversary would; who serves as control is taken for absent while they are looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.base import AttackResult, Sample, Trial, chosen
from smartsandbox.anonymize.attacks.sessions import Session

MOST_ATTEMPTS = 500

Rows = NDArray[np.int64]
NOBODY_HIDDEN: Rows = np.zeros(0, np.int64)


class Search(Protocol):
    """Finds the published sessions that fit a target; made once for all targets."""

    def suits(self, target: Session) -> bool:
        """True if the target is long enough to be attacked."""
        ...

    def candidates(self, target: Session, hidden: Rows, rng: np.random.Generator) -> Rows:
        """The published sessions that fit best, by their place; they are equally good. May be empty.

        Those at the places `hidden` are looked over.
        """
        ...


def reidentify(
    search: Search, original: Sample, published: Sample, control: Sample, rng: np.random.Generator, most: int
) -> AttackResult:
    """One attempt a session. Among several candidates one is claimed at random; without any, the attempt failed.

    `notes` count how many targets had exactly one candidate, and how many had any.
    """
    if not published.sessions:
        return AttackResult(())
    targets, absent = (_targets(sample.sessions, search, most, rng) for sample in (original, control))
    keys = [session.key for session in published.sessions]
    notes = {"one candidate": 0, "any candidate": 0}
    hits = 0
    for target in targets:
        found = search.candidates(target, NOBODY_HIDDEN, rng)
        notes["one candidate"] += len(found) == 1
        notes["any candidate"] += bool(len(found))
        hits += bool(len(found)) and keys[int(rng.choice(found))] == target.key
    control_hits = _stand_ins(search, absent, published.sessions, rng)
    guesses = sum(keys[int(at)] == target.key for target, at in zip(targets, _any(keys, targets, rng), strict=True))
    return AttackResult((Trial(len(targets), hits, len(absent), control_hits, guesses),), notes)


def _targets(sessions: Sequence[Session], search: Search, most: int, rng: np.random.Generator) -> list[Session]:
    suited = [session for session in sessions if search.suits(session)]
    return [suited[at] for at in chosen(len(suited), most, rng)]


def _any(keys: Sequence[str], targets: Sequence[Session], rng: np.random.Generator) -> Rows:
    return rng.integers(len(keys), size=len(targets))


def _stand_ins(
    search: Search, absent: Sequence[Session], published: Sequence[Session], rng: np.random.Generator
) -> int:
    alike, own = _by_length(published), _by_key(published)
    everyone = np.arange(len(published))
    hits = 0
    for target in absent:
        hidden = own.get(target.key, NOBODY_HIDDEN)
        found = search.candidates(target, hidden, rng)
        others = np.setdiff1d(alike.get(target.length, everyone), hidden)
        stand_in = int(rng.choice(others if len(others) else everyone))
        hits += bool(len(found)) and int(rng.choice(found)) == stand_in
    return hits


def _by_key(sessions: Sequence[Session]) -> Mapping[str, Rows]:
    places: dict[str, list[int]] = defaultdict(list)
    for at, session in enumerate(sessions):
        places[session.key].append(at)
    return {key: np.array(found, dtype=np.int64) for key, found in places.items()}


def _by_length(sessions: Sequence[Session]) -> Mapping[int, Rows]:
    places: dict[int, list[int]] = defaultdict(list)
    for at, session in enumerate(sessions):
        places[session.length].append(at)
    return {length: np.array(found, dtype=np.int64) for length, found in places.items()}
