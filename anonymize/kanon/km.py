"""k^m-anonymity of sets (Terrovitis, Mamoulis, Kalnis 2008): who knows up to m items of a person's set still finds
k people. The sets are the endpoints that a person visits; items are endpoint names, never captured values.

Itemsets grow level by level as in Apriori, from frequent ones only; supports are counted on one bit a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from smartsandbox.packs.errors import UsageError

Bits = NDArray[np.uint64]
_Itemset = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """Items that between 1 and k-1 people share; every smaller choice of them is shared by at least k."""

    items: tuple[str, ...]
    support: int


@dataclass(frozen=True, slots=True)
class Universe:
    """People's sets as bits: `bits[i]` has a bit for each person whose set holds `items[i]`. Items are sorted."""

    items: tuple[str, ...]
    bits: Bits

    @staticmethod
    def of(sets: Sequence[Collection[str]]) -> Universe:
        """One set a person."""
        items = tuple(sorted({item for one in sets for item in one}))
        index = {item: i for i, item in enumerate(items)}
        held = np.zeros((len(items), (len(sets) + 63) // 64 * 8), np.uint8)
        for person, one in enumerate(sets):
            for item in one:
                held[index[item], person >> 3] |= 1 << (person & 7)
        return Universe(items, held.view(np.uint64))

    def supports(self) -> NDArray[np.int64]:
        """How many people hold each item."""
        return _population(self.bits)

    def support(self, choices: Sequence[Sequence[str]]) -> int:
        """How many people hold at least one item of every choice."""
        index = {item: i for i, item in enumerate(self.items)}
        held = [np.bitwise_or.reduce(self.bits[[index[item] for item in choice]], axis=0) for choice in choices]
        return int(_population(np.bitwise_and.reduce(np.array(held), axis=0)[None, :])[0])


def violations(sets: Sequence[Collection[str]], k: int, m: int) -> tuple[Violation, ...]:
    """The minimal itemsets of up to m items that fewer than k people share, smallest first, then by name.

    Sets without any are k^m-anonymous. Raises UsageError if k or m is under 1.
    """
    return violations_in(Universe.of(sets), k, m)


def violations_in(universe: Universe, k: int, m: int) -> tuple[Violation, ...]:
    """As `violations`, of sets that are given as bits."""
    if k < 1 or m < 1:
        raise UsageError(f"k={k}, m={m}: k^m-anonymity needs both to be at least 1")
    found = sorted(rare_itemsets(universe, k, m), key=lambda rare: (len(rare[0]), rare[0]))
    return tuple(Violation(tuple(universe.items[i] for i in items), support) for items, support in found)


def rare_itemsets(universe: Universe, k: int, m: int) -> Iterator[tuple[_Itemset, int]]:
    """The minimal itemsets, as indices, with a support between 1 and k-1."""
    supports = universe.supports()
    yield from (((i,), int(support)) for i, support in enumerate(supports) if support < k)
    common = np.flatnonzero(supports >= k)
    frequent: set[_Itemset] = {(int(i),) for i in common}
    for size in range(2, m + 1):
        grown: set[_Itemset] = set()
        for items in sorted(frequent):
            for candidate, support in _extensions(universe, items, common):
                if not _every_part_is_frequent(candidate, frequent):
                    continue
                if support < k:
                    yield candidate, support
                elif size < m:
                    grown.add(candidate)
        frequent = grown


def _extensions(universe: Universe, items: _Itemset, common: NDArray[np.intp]) -> Iterator[tuple[_Itemset, int]]:
    shared = np.bitwise_and.reduce(universe.bits[list(items)], axis=0)
    later = common[common > items[-1]]
    supports = _population(universe.bits[later] & shared)
    for last, support in zip(later.tolist(), supports.tolist(), strict=True):
        if support:
            yield (*items, last), support


def _every_part_is_frequent(items: _Itemset, frequent: set[_Itemset]) -> bool:
    return len(items) == 2 or all(part in frequent for part in combinations(items, len(items) - 1))


def _population(bits: Bits) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
    return counts
