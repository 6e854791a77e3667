"""The first letters of very many values as a table of bits, and where in many texts at once some of them stand.

A letter group is hashed by its code points, so that a whole batch of texts is looked through in a few steps of numpy.
Others than those that were added may pass, so what passes is a candidate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
"""Odd, so that no bit of a letter is lost."""
_LAST = np.uint64(0xD6E8FEB86659FD93)
_WORD = 64
_BLOCK = 1 << 15
"""Letters that are looked at in one step."""
_BYTE, _IN_BYTE = np.uint64(3), np.uint64(7)


def letters_of(text: str) -> Numbers:
    """The code points of a text."""
    if text.isascii():
        return np.frombuffer(text.encode(), np.uint8).astype(np.uint64)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)


class Grams:
    """Groups of `wide` letters, in a table of 2 to the power of `size` bits."""

    __slots__ = ("_bits", "_shift", "wide")

    def __init__(self, wide: int, size: int) -> None:
        self.wide, self._shift = wide, np.uint64(_WORD - size)
        self._bits = np.zeros(1 << size >> 3, np.uint8)

    def _hashed(self, letters: Numbers) -> Numbers:
        """Of the group that begins at each place of the letters; without those that are cut off."""
        found, wide = letters, 1
        while 2 * wide <= self.wide:
            found = found[:-wide] * _factor(wide) + found[wide:]
            wide *= 2
        for last in range(wide, self.wide):
            found = found[:-1] * _factor(1) + letters[last:]
        return found * _LAST >> self._shift

    def add(self, groups: Sequence[str]) -> None:
        """Take up groups, each of just so many letters."""
        found = self._hashed(letters_of("".join(groups)))[:: self.wide]
        places, bits = found >> _BYTE, found & _IN_BYTE
        for bit in range(8):
            self._bits[places[bits == bit]] |= np.uint8(1 << bit)

    def places(self, letters: Numbers) -> Places:
        """Where a group that was added may begin, ascending; `letters` are of any number of texts, one behind the
        other, so a place near to the end of one may be none.
        """
        found = [np.zeros(0, np.int64)]
        for start in range(0, max(0, len(letters) - self.wide + 1), _BLOCK):
            codes = self._hashed(letters[start : start + _BLOCK + self.wide - 1])
            hit = self._bits[codes >> _BYTE] >> (codes & _IN_BYTE).astype(np.uint8) & np.uint8(1)
            found.append(np.flatnonzero(hit) + start)
        return np.concatenate(found)


def _factor(wide: int) -> np.uint64:
    """What the hash of letters is multiplied by when so many more follow them."""
    return np.uint64(pow(_BASE, wide, 1 << _WORD))
