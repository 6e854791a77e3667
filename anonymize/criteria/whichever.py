"""l-diversity of people who have several sensitive values: it holds whichever one of each person's values is picked.

A class whose members all share one value is homogeneous in it, however many other values they have, so neither the
union of their values nor their sets as wholes may be counted. From how many members hold each value, a bound over all
ways of picking one value a person follows: with n members and holders h1 >= h2 >= ..., no pick gives a value to more
than its holders, so a pick has at least the least d distinct values with h1 + ... + hd >= n, its entropy is at least
log(n / h1), and r1 / (rl + ... + rm) is at most h1 / (n - h1 - ... - h(l-1)). Where everyone has one value, the first
and the last are the plain measures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import histogram_of
from smartsandbox.anonymize.criteria.distinct_l_diversity import DistinctLDiversity
from smartsandbox.anonymize.criteria.entropy_l_diversity import EntropyLDiversity
from smartsandbox.anonymize.criteria.recursive_cl_diversity import RecursiveCLDiversity
from smartsandbox.anonymize.kanon.classes import Classes, Histogram

LDiversity = DistinctLDiversity | EntropyLDiversity | RecursiveCLDiversity


@dataclass(frozen=True, slots=True)
class Whichever:
    """`column` holds a code for each set of values, and `members` the codes of the values in each set."""

    inner: LDiversity
    column: str
    members: tuple[tuple[int, ...], ...]
    monotone: bool = True
    monotone_with_suppression: bool = False

    @property
    def name(self) -> str:
        """That of the criterion inside."""
        return self.inner.name

    @property
    def sensitive(self) -> str:
        """The column of sets."""
        return self.column

    @property
    def higher_is_safer(self) -> bool:
        """As the criterion inside."""
        return self.inner.higher_is_safer

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """The bound, for each class, of the inner measure over all picks."""
        owner, holders, place = _ranked(histogram_of(classes, self.column), self.members)
        sizes = classes.sizes
        if isinstance(self.inner, DistinctLDiversity):
            covered = _running(owner, holders, place)
            return 1 + np.bincount(owner[covered < sizes[owner]], minlength=len(sizes)).astype(np.float64)
        top = _summed(owner, holders, place < 1, len(sizes))
        if isinstance(self.inner, EntropyLDiversity):
            return sizes / top
        rest = sizes - _summed(owner, holders, place < self.inner.l - 1, len(sizes))
        ratio: NDArray[np.float64] = np.divide(top, rest, out=np.full(len(sizes), np.inf), where=rest > 0)
        return ratio

    def holds(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        """As the criterion inside."""
        return self.inner.holds(measured)


def _ranked(
    sets: Histogram, members: tuple[tuple[int, ...], ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(class, holders, rank in the class from 0) of every value of every class, the most held first."""
    counts: dict[tuple[int, int], int] = {}
    for owner, code, count in zip(sets.classes.tolist(), sets.values.tolist(), sets.counts.tolist(), strict=True):
        for value in members[code]:
            counts[owner, value] = counts.get((owner, value), 0) + count
    owners = np.array([owner for owner, _ in counts], np.int64)
    holders = np.fromiter(counts.values(), np.int64, len(counts))
    order = np.lexsort((-holders, owners))
    owners, holders = owners[order], holders[order]
    return owners, holders, np.arange(len(owners)) - np.searchsorted(owners, owners)


def _running(owner: NDArray[np.int64], holders: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sum, within each class, of the holders up to and with each value."""
    total = np.cumsum(holders)
    first = np.arange(len(owner)) - place
    running: NDArray[np.int64] = total - (total - holders)[first]
    return running


def _summed(
    owner: NDArray[np.int64], holders: NDArray[np.int64], taken: NDArray[np.bool_], count: int
) -> NDArray[np.float64]:
    return np.bincount(owner, weights=np.where(taken, holders, 0), minlength=count).astype(np.float64)
