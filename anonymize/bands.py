"""Numbers in bands: each value is published as another one near it, out of a band that enough people share.

The values of a pool are cut in numeric order into bands of consecutive values. What a value becomes is drawn among the
values of its band with the run key and is the same wherever the value stands, so sums in a request, an answer and a
ledger still agree, and the distribution of a pool stays what it was. Values that fewer than k people hold are not
drawn themselves but a number near one of them, so no published number is one person's by more than chance.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, gcd

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.surrogates.draw import Draw

KNOWN = 3
"""Numbers that somebody may know of a person: bands are so wide that about k people share any three of them."""


@dataclass(frozen=True, slots=True)
class Held:
    """A value that is not negative, who holds it, and how often it was seen."""

    value: int
    holders: frozenset[int]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Band:
    """Consecutive values of a pool, ascending, each with its weight. `exact` are those that k people hold."""

    upper: int
    values: tuple[int, ...]
    weights: tuple[int, ...]
    """Running sums, so that a value is found by bisection."""
    exact: frozenset[int]
    holders: int

    def draw(self, draw: Draw, step: int) -> int:
        """A value of the band as often as it was seen; for one that few hold, a multiple of `step` in its place."""
        at = bisect_left(self.weights, draw.between(1, self.weights[-1]))
        value = self.values[at]
        if value in self.exact:
            return value
        low = (value + self.values[at - 1]) // 2 if at else value
        high = (value + self.values[at + 1]) // 2 if at + 1 < len(self.values) else value
        first = -(-low // step)
        return step * draw.between(first, max(first, high // step))


@dataclass(frozen=True, slots=True)
class Bands:
    """What becomes of the values of one pool. `common` are those that enough people hold to stay as they are."""

    key: RunKey
    name: str
    common: frozenset[int]
    bands: tuple[Band, ...]
    step: int

    def of(self, value: int) -> int:
        """The published value: zero stays zero, a sign stays, equal values become equal ones."""
        if value < 0:
            return -self.of(-value)
        if not value or value in self.common or not self.bands:
            return value
        at = bisect_left(self.bands, value, key=lambda band: band.upper)
        return self.bands[min(at, len(self.bands) - 1)].draw(Draw(self.key, f"band/{self.name}", str(value)), self.step)

    @property
    def smallest(self) -> int:
        """People in the smallest band."""
        return min((band.holders for band in self.bands), default=0)


def share_of(k: int, people: int) -> float:
    """The least share of all people that a band has, the KNOWN-th root of 2k / people.

    Of n people, n * share^KNOWN = 2k share the bands of KNOWN numbers that have nothing to do with one another: twice
    k, because some of them do. Narrower bands would let a search for the nearest row find people.
    """
    return float(min(1.0, (2 * k / people) ** (1 / KNOWN))) if people else 1.0


def bands_of(held: Iterable[Held], k: int, key: RunKey, name: str, share: float | None = None) -> Bands | None:
    """Bands over the non-zero values of a pool, each shared by k holders and by `share` of all; None for fewer than k.

    `share` is `share_of` where none is given. A value that so many hold by itself is common and stays; zero stands for
    none and is never counted.
    """
    line = sorted((one for one in held if one.value), key=lambda one: one.value)
    everyone = _union(line)
    if len(everyone) < k:
        return None
    share = share_of(k, len(everyone)) if share is None else share
    need = min(len(everyone), max(k, ceil(share * len(everyone))))
    common = [one for one in line if len(one.holders) >= need]
    groups = _cut([one for one in line if len(one.holders) < need], need)
    if groups is None:
        common, groups = [], _cut(line, need) or []
    bands = tuple(_band(group, k, at == 0, at == len(groups) - 1) for at, group in enumerate(groups))
    return Bands(key, name, frozenset(one.value for one in common), bands, gcd(*(one.value for one in line)))


def _cut(line: Sequence[Held], need: int) -> list[list[Held]] | None:
    """Consecutive groups with `need` holders each, what is left over in the last; None if no group has that many."""
    groups: list[list[Held]] = []
    group: list[Held] = []
    holders: set[int] = set()
    for one in line:
        group.append(one)
        holders |= one.holders
        if len(holders) >= need:
            groups.append(group)
            group, holders = [], set()
    if group and not groups:
        return None
    if group:
        groups[-1].extend(group)
    return groups


def _band(group: Sequence[Held], k: int, first: bool, last: bool) -> Band:
    drawn = list(group)
    if last:
        drawn = _without_tail(drawn, k)
    if first:
        drawn = _without_tail(drawn[::-1], k)[::-1]
    return Band(
        upper=group[-1].value,
        values=tuple(one.value for one in drawn),
        weights=tuple(accumulate(one.count for one in drawn)),
        exact=frozenset(one.value for one in drawn if len(one.holders) >= k),
        holders=len(_union(group)),
    )


def _without_tail(group: list[Held], k: int) -> list[Held]:
    """Without the outermost values that fewer than k hold between them: nobody is told by the largest number."""
    kept = len(group)
    while kept > 2 and len(_union(group[kept - 1 :])) < k:
        kept -= 1
    return group[:kept]


def _union(line: Iterable[Held]) -> set[int]:
    return set().union(*(one.holders for one in line))
