"""What an adversary knows of a person: a few of their attributes, drawn at random for each target.

Who knows all attributes of somebody but one finds any record that is true to its person; that is no model of an
adversary but of the person themselves. The number is the same as of the requests that are taken to be known.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.people import Floats, People

KNOWN = 3
"""Attributes of a person that an adversary knows."""

REPEATS = 50
"""Attempts on one person, each with other knowledge: an interval then covers what is known, not who is asked about."""

FEWEST_TARGETS = 30
"""With fewer people each counts as one attempt, because who they are matters more than what is known of them."""

REPEATS_OF_FEW = 20
"""Tries whose mean is that one attempt."""

FEW_HOLDERS = 2.5
"""People a value, on average, from which on it is no chance that a value goes with one value of another attribute."""

Mask = NDArray[np.bool_]


def attempts_on(people: People, most: int) -> int:
    """How often a table may be attacked: no more often than it has people, if they are few."""
    return most if people.count >= FEWEST_TARGETS else min(most, people.count)


@dataclass(frozen=True, slots=True)
class Tries:
    """Whom to try, one row a try, and as how many attempts that counts."""

    people: People
    attempts: int

    def added(self, chances: Floats) -> float:
        """Successes among the attempts, from the chance of each try."""
        return float(chances.mean()) * self.attempts if self.attempts else 0.0


def are_few(*groups: Sized) -> bool:
    """True if any of the groups has too few people for an attempt a try."""
    return min(map(len, groups)) < FEWEST_TARGETS


def repeated(people: People, rows: NDArray[np.int64], most: int, rng: np.random.Generator, few: bool) -> Tries:
    """Up to `most` tries on the people of those rows, each of them tried about as often.

    Of a few everybody is tried REPEATS_OF_FEW times and counts once; of many each try counts, at most REPEATS.
    """
    if few:
        return Tries(people.take(np.repeat(rows, REPEATS_OF_FEW)), len(rows))
    every = np.tile(rng.permutation(rows), REPEATS)[:most]
    return Tries(people.take(np.sort(every)), len(every))


def known_of(people: People, most: int, rng: np.random.Generator, never: Sequence[int] = ()) -> Mask:
    """A row a person and a column an attribute: up to `most` that the person has, none of the columns in `never`."""
    keys = rng.random(people.cells.shape)
    keys[np.isnan(people.cells)] = np.inf
    keys[:, list(never)] = np.inf
    ranks = np.argsort(np.argsort(keys, axis=1), axis=1)
    return np.asarray((ranks < most) & np.isfinite(keys))


def implying(everyone: NDArray[np.float64], secret: int) -> list[int]:
    """The secret's column, and those that say what the secret is without any publication, as a city says the country.

    A column whose values are mostly held by one person each implies nothing: there it would be so by chance.
    """
    return [at for at in range(everyone.shape[1]) if at == secret or _implies(everyone[:, at], everyone[:, secret])]


def _implies(one: NDArray[np.float64], secret: NDArray[np.float64]) -> bool:
    both = ~(np.isnan(one) | np.isnan(secret))
    values = len(np.unique(one[both]))
    pairs = len(np.unique(np.column_stack((one[both], secret[both])), axis=0))
    return 0 < values == pairs <= int(both.sum()) / FEW_HOLDERS


def halves_of(people: People, most: int, rng: np.random.Generator) -> tuple[Mask, Mask]:
    """What two adversaries know of each person: nothing in common, each up to `most` and at most half of what is there.

    Who has one attribute only is known to neither.
    """
    keys = rng.random(people.cells.shape)
    keys[np.isnan(people.cells)] = np.inf
    each = np.minimum(most, np.isfinite(keys).sum(axis=1) // 2)
    ranks = np.argsort(np.argsort(keys, axis=1), axis=1)
    one = ranks < each[:, None]
    return one, (ranks < 2 * each[:, None]) & ~one
