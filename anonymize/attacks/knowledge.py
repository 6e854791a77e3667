"""What an adversary knows of a person: a few of their attributes, drawn at random for each target.

Who knows all attributes of somebody but one finds any record that is true to its person; that is no model of an
adversary but of the person themselves. The number is the same as of the requests that are taken to be known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.people import People

KNOWN = 3
"""Attributes of a person that an adversary knows."""

REPEATS = 50
"""Attempts on one person, each with other knowledge: an interval then covers what is known, not who is asked about."""

FEWEST_TARGETS = 30
"""With fewer people nobody is tried twice, because who they are matters more than what is known of them."""

Mask = NDArray[np.bool_]


def repeated(people: People, rows: NDArray[np.int64], most: int, rng: np.random.Generator) -> People:
    """Up to `most` attempts on the people of those rows, each of them tried about as often, at most REPEATS times."""
    every = np.tile(rng.permutation(rows), REPEATS if len(rows) >= FEWEST_TARGETS else 1)[:most]
    return people.take(np.sort(every))


def known_of(people: People, most: int, rng: np.random.Generator, secret: int | None = None) -> Mask:
    """A row a person and a column an attribute: up to `most` that the person has, never the secret one."""
    keys = rng.random(people.cells.shape)
    keys[np.isnan(people.cells)] = np.inf
    if secret is not None:
        keys[:, secret] = np.inf
    return _smallest(keys, most)


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


def _smallest(keys: NDArray[np.float64], most: int) -> Mask:
    ranks = np.argsort(np.argsort(keys, axis=1), axis=1)
    return np.asarray((ranks < most) & np.isfinite(keys))
