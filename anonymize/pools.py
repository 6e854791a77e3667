"""The pools of numbers that a policy bands: gathered in the first pass with who holds which, settled before the second.

Memory is bounded: of a pool with very many values, those of a sample of its holders are kept, chosen by a hash of the
holder. A band that enough of the sample share is shared by no fewer of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.bands import Bands, Held, bands_of
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.numerals import Numeral

MOST_PAIRS = 25_000
"""Pairs of value and holder remembered of one pool."""

_FULL = 1 << 64
Floats = NDArray[np.float64]
Person = Callable[[str], str]
"""From the name of a holder to the one person who has that name."""


@dataclass(slots=True)
class Pool:
    """The values of one pool: how often each was seen, and with whom."""

    most: int = MOST_PAIRS
    decimals: int = 0
    _seen: dict[str, Counts] = field(default_factory=dict)
    _pairs: int = 0
    _below: int = _FULL

    def note(self, text: str, holder: str) -> None:
        """One value of one holder; a text that is no number says nothing."""
        numeral = Numeral.read(text)
        if numeral is None:
            return
        self.decimals = max(self.decimals, numeral.decimals)
        if self._below < _FULL and _hash(holder) >= self._below:
            return
        counts = self._seen.setdefault(holder, {})
        value = numeral.magnitude
        if value not in counts and len(counts) >= self.most:
            return
        self._pairs += value not in counts
        counts[value] = counts.get(value, 0) + 1
        while self._pairs > self.most and len(self._seen) > 1:
            self._halve()

    def _halve(self) -> None:
        self._below //= 2
        self._seen = {holder: counts for holder, counts in self._seen.items() if _hash(holder) < self._below}
        self._pairs = sum(map(len, self._seen.values()))

    def settle(self, name: str, k: int, key: RunKey, person: Person) -> NumberBands:
        """The bands, with the aliases of one person counted as one."""
        people: dict[str, int] = {}
        holders: dict[int, set[int]] = defaultdict(set)
        counts: dict[int, int] = defaultdict(int)
        for holder, seen in self._seen.items():
            number = people.setdefault(person(holder), len(people))
            for magnitude, count in seen.items():
                value = units(magnitude, self.decimals)
                holders[value].add(number)
                counts[value] += count
        held = [Held(value, frozenset(holders[value]), counts[value]) for value in sorted(counts)]
        return NumberBands(bands_of(held, k, key, name), self.decimals, len(people), dict(counts))


Counts = dict[Decimal, int]


@dataclass(slots=True)
class Pools:
    """All pools of a run by name."""

    by_name: dict[str, Pool] = field(default_factory=dict)

    def note(self, name: str, text: str, holder: str) -> None:
        """One value of one holder in a pool."""
        self.by_name.setdefault(name, Pool()).note(text, holder)

    def settle(self, k: int, key: RunKey, person: Person) -> dict[str, NumberBands]:
        """What becomes of the values of each pool; who held them is forgotten."""
        settled = {name: pool.settle(name, k, key, person) for name, pool in sorted(self.by_name.items())}
        self.by_name.clear()
        return settled


@dataclass(frozen=True, slots=True)
class NumberBands:
    """The bands of a pool in whole units of its last decimal. Without bands, k holders were not there."""

    bands: Bands | None
    decimals: int
    people: int
    counts: Mapping[int, int]

    def text(self, value: str) -> str | None:
        """The number published for one, in its notation; None for what is no number, and where there are no bands."""
        numeral = Numeral.read(value)
        if numeral is None or self.bands is None:
            return None
        made = self.bands.of(units(numeral.magnitude, self.decimals))
        return numeral.write(Decimal(made).scaleb(-self.decimals))

    @property
    def greatest(self) -> int:
        """The greatest value seen."""
        return max(self.counts, default=0)

    def distance(self) -> float:
        """Kolmogorov and Smirnov's distance between the values as recorded and as published, from 0 to 1."""
        if self.bands is None or not self.counts:
            return 1.0
        raw = np.array(list(self.counts), dtype=np.float64)
        made = np.array([self.bands.of(value) for value in self.counts], dtype=np.float64)
        weights = np.array(list(self.counts.values()), dtype=np.float64)
        line = np.unique(np.concatenate((raw, made)))
        return float(np.abs(_share_below(raw, weights, line) - _share_below(made, weights, line)).max())


def units(magnitude: Decimal, decimals: int) -> int:
    """A number in whole units of a decimal place, rounded to the nearest."""
    return int(magnitude.scaleb(decimals).to_integral_value())


def _share_below(values: Floats, weights: Floats, line: Floats) -> Floats:
    order = np.argsort(values)
    sums = np.concatenate(([0.0], np.cumsum(weights[order])))
    return np.asarray(sums[np.searchsorted(values[order], line, "right")] / sums[-1])


def _hash(holder: str) -> int:
    return int.from_bytes(blake2b(holder.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
