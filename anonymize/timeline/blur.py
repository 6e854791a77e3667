"""Times older than the capture are blurred: cut into bands that at least k people show, drawn anew inside each band.

What one person shows keeps its order, so lists stay sorted and a creation stays before its change; between people the
order inside a band is drawn, so that a known time finds any of the band.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.timeline.course import Ints
from smartsandbox.anonymize.timeline.draws import shares

FEW_US = 30 * 86_400_000_000
"""Half the width of a band where fewer than k people show any such time."""


@dataclass(frozen=True, slots=True)
class Blur:
    """Old times to new ones, both in whole units of the caller; `old` ascends without repeats."""

    old: Ints
    new: Ints
    bands: int
    fewest: int
    """Holders of the smallest band; 0 without any."""

    def of(self, value: int) -> int:
        """The new time; a time that was not among those blurred gets that of the next one, never itself."""
        return int(self.new[min(bisect_left(self.old.data, value), len(self.old) - 1)])


def blurred(values: Ints, holders: Ints, k: int, key: RunKey, few: int) -> Blur:
    """Blur times that holders show, one row a pair, in any order. `few` widens a band that has under k holders."""
    if not len(values):
        return Blur(values, values, 0, 0)
    pairs = np.unique(np.stack((values, holders)), axis=1)
    old, first = np.unique(pairs[0], return_index=True)
    of_band, counts = _bands(pairs[0], pairs[1], k)
    band, owner = of_band[first], pairs[1][first]
    low, high = _edges(old, band)
    narrow = counts < k
    low, high = low - few * narrow, high + few * narrow
    drawn = low[band] + (shares(key, "blur", len(old)) * (high - low + 1)[band]).astype(np.int64)
    new = np.empty_like(old)
    new[np.lexsort((old, owner, band))] = drawn[np.lexsort((drawn, owner, band))]
    return Blur(old, new, len(counts), int(counts.min()))


def _bands(values: Ints, holders: Ints, k: int) -> tuple[Ints, Ints]:
    """The band of each pair, pairs being sorted by value, and how many holders each band has.

    A band is closed as soon as k holders are in it and the value is complete; what is left joins the last one.
    """
    found = np.zeros(len(values), np.int64)
    inside: list[set[int]] = [set()]
    shown, by = values.tolist(), holders.tolist()
    for at, (value, holder) in enumerate(zip(shown, by, strict=True)):
        if at and value != shown[at - 1] and len(inside[-1]) >= k:
            inside.append(set())
        inside[-1].add(holder)
        found[at] = len(inside) - 1
    if len(inside) > 1 and len(inside[-1]) < k:
        last = inside.pop()
        inside[-1] |= last
    return np.minimum(found, len(inside) - 1), np.array([len(one) for one in inside], np.int64)


def _edges(old: Ints, band: Ints) -> tuple[Ints, Ints]:
    first = np.searchsorted(band, np.arange(int(band[-1]) + 1))
    return old[first], old[np.append(first[1:], len(old)) - 1]
