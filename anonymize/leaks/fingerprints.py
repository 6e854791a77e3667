"""Finds the places in a buffer where some value may end: a Bloom filter of the values' last bytes.

The filter is a bitmap of fixed size with two hashes (Bloom 1970). All positions of a buffer are looked up at once:
first the last six bytes before each, and where those are known the last 6, 8, 16 or 24, as the values allow. What
is found is a candidate; a value that is there is always among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from smartsandbox.anonymize.leaks.needles import TAILS, reach_of, tail_of
from smartsandbox.anonymize.pages import pages

Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint64]
Positions: TypeAlias = npt.NDArray[np.int64]

BITS = 27
"""Binary logarithm of the bitmap's size in bits: 16 MiB, of which a million values set three in a hundred bits."""
_SIEVE_BITS = 22
"""The same of a smaller table of bytes, which stays in the cache and answers for most positions."""
_BATCH = 65_536
_PAD = max(TAILS)
_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)
"""Odd multipliers for multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4)."""


class Fingerprints:
    """The filter over a set of values that are long enough to be searched for.

    `count` is how many there are, `longest` how many bytes one takes at most.
    """

    def __init__(self, needles: Iterable[str], bits: int = BITS) -> None:
        self._bits = bits
        self._sieve = np.zeros(1 << _SIEVE_BITS, np.bool_)
        self._bitmap = np.zeros(1 << max(0, bits - 3), np.uint8)
        self.count = 0
        self.longest = 0
        for batch in pages(needles, _BATCH):
            self.count += len(batch)
            self.longest = max(self.longest, *map(reach_of, batch))
            self._add(list(map(tail_of, batch)))

    def _add(self, tails: list[bytes]) -> None:
        buffer = np.frombuffer(b"".join(tail.rjust(_PAD, b"\0") for tail in tails), "<u8").reshape(-1, _PAD // 8)
        self._sieve[_sieve_index(buffer[:, -1])] = True
        lengths = np.fromiter(map(len, tails), np.int64, len(tails))
        for length in TAILS:
            self._set(_mixed(buffer[lengths == length].T[::-1], length))

    def _set(self, keys: Words) -> None:
        for odd in _ODD[3:]:
            bit = _index(keys, odd, self._bits)
            np.bitwise_or.at(self._bitmap, bit >> 3, np.left_shift(1, bit & 7).astype(np.uint8))

    def _holds(self, keys: Words) -> npt.NDArray[np.bool_]:
        held = np.ones(len(keys), np.bool_)
        for odd in _ODD[3:]:
            bit = _index(keys, odd, self._bits)
            held &= (self._bitmap[bit >> 3] >> (bit & 7).astype(np.uint8)) & 1 == 1
        return held

    def ends_in(self, data: bytes) -> list[tuple[int, int]]:
        """(position behind the last byte, length of the tail that is known) of each candidate, in no order."""
        if not self.count or len(data) < min(TAILS):
            return []
        padded = b"\0" * _PAD + data + b"\0" * 8
        found = np.concatenate([self._sieved(padded, offset) for offset in range(8)])
        ends = found[found <= len(data)]
        words = [_words_at(padded, ends + (_PAD - back)) for back in range(8, _PAD + 1, 8)]
        return [
            (end, length)
            for length in TAILS
            for end in ends[self._holds(_mixed(words, length))].tolist()
            if end >= length
        ]

    def _sieved(self, padded: bytes, offset: int) -> Positions:
        """The positions, counted in the unpadded data, of the eight-byte words at one offset that pass the sieve."""
        words = np.frombuffer(padded, "<u8", (len(padded) - offset) // 8, offset)
        passed: Positions = np.flatnonzero(self._sieve[_sieve_index(words)])
        ends = passed * 8 + (offset + 8 - _PAD)
        return ends[ends > 0]


def _sieve_index(words: Words) -> Positions:
    return (((words >> np.uint64(16)) * np.uint64(_ODD[0])) >> np.uint64(64 - _SIEVE_BITS)).view(np.int64)


def _six(words: Words) -> Words:
    """The last six of eight bytes, which are the upper ones of a little-endian word."""
    return words >> np.uint64(16)


def _mixed(words: Sequence[Words], length: int) -> Words:
    """One word for the last `length` bytes of each position; `words` are of eight bytes, the last ones first."""
    if length == 6:
        return _six(words[0])
    mixed = words[0] * np.uint64(_ODD[1])
    for earlier in words[1 : length // 8]:
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(_ODD[2]) + earlier
    return mixed


def _index(keys: Words, odd: int, bits: int) -> Positions:
    return (((keys ^ (keys >> np.uint64(32))) * np.uint64(odd)) >> np.uint64(64 - bits)).view(np.int64)


def _words_at(padded: bytes, starts: Positions) -> Words:
    """The eight bytes from each position on, as little-endian words."""
    octets = np.frombuffer(padded, np.uint8)
    words: Words = np.ascontiguousarray(octets[starts[:, None] + np.arange(8)]).view("<u8").ravel()
    return words
