"""Where in a text some value out of very many may stand: a filter of fixed size.

An automaton over all values of a capture grows with the capture. Here three letters give the lengths of the values that
begin with them, a Bloom filter knows the first eight letters of longer values, and the same filter knows the values.
What passes is a candidate, to be looked up; a value that stands in a text always passes. Time is linear in the text.
Where many texts are looked through at once, tables of bits over beginnings do most of it in far less time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat

import numpy as np

from smartsandbox.anonymize.bloom import Bloom
from smartsandbox.anonymize.grams import Grams, letters_of

SHORTEST = 3
_LEAD = 8
_MOST_BEGINNINGS = 1 << 17
_BITS = 1 << 26
_MASK = _BITS - 1
_LEADS, _BEGINNINGS = 25, 18
"""Bits of the tables, as powers of two."""
_AT_ONCE = 4096
"""Values that wait to be taken up in the tables."""

Span = tuple[int, int]
Lengths = tuple[tuple[int, ...], tuple[int, ...]]
"""Of values shorter than _LEAD, and of the others; both ascending."""

_NONE: Lengths = ((), ())


class Spots:
    """The filter. Values are given in the form in which texts are searched: lower case."""

    __slots__ = ("_beginnings", "_bloom", "_leads", "_lengths", "_rest", "_shared", "_waiting")

    def __init__(self) -> None:
        self._lengths: dict[str, Lengths] = {}
        """By the first SHORTEST letters."""
        self._rest = _NONE
        """Of values whose first letters came when `_lengths` was full."""
        self._shared: dict[Lengths, Lengths] = {}
        """There are far fewer different lengths than beginnings."""
        self._bloom = Bloom(_BITS)
        self._beginnings, self._leads = Grams(SHORTEST, _BEGINNINGS), Grams(_LEAD, _LEADS)
        self._waiting: tuple[list[str], list[str]] = ([], [])
        """First letters that those do not know yet."""

    def add(self, value: str) -> None:
        """Take up a value; one shorter than SHORTEST is never found."""
        if len(value) < SHORTEST:
            return
        beginning = value[:SHORTEST]
        if beginning in self._lengths or len(self._lengths) < _MOST_BEGINNINGS:
            lengths = _with_length(self._lengths.get(beginning, _NONE), len(value))
            self._lengths[beginning] = self._shared.setdefault(lengths, lengths)
        else:
            self._rest = _with_length(self._rest, len(value))
        self._bloom.add(value)
        beginnings, leads = self._waiting
        if len(value) < _LEAD:
            beginnings.append(beginning)
        else:
            leads.append(value[:_LEAD])
            if len(value) > _LEAD:
                self._bloom.add(value[:_LEAD])
        if len(leads) + len(beginnings) >= _AT_ONCE:
            self._settle()

    def _settle(self) -> None:
        for grams, waiting in zip((self._beginnings, self._leads), self._waiting, strict=True):
            if waiting:
                grams.add(waiting)
                waiting.clear()

    def may_hold(self, text: str) -> bool:
        """False if the text is surely no value and does not begin a longer one."""
        return self._bloom.may_hold(text)

    def forget(self) -> None:
        """Give the room back: from now on everything may be a value, and candidates are not asked for any more."""
        self._lengths, self._bloom = {}, Bloom.of_all()
        self._beginnings, self._leads, self._waiting = Grams(SHORTEST, 3), Grams(_LEAD, 3), ([], [])

    def candidates(self, low: str) -> list[Span]:
        """Start and end of what may be a value, in order of the start; `low` is in lower case."""
        found: list[Span] = []
        rest, bits = self._rest, self._bloom.bits
        beginnings = map(low.__getitem__, _beginnings(len(low)))
        for start, lengths in enumerate(map(self._lengths.get, beginnings, repeat(rest))):
            if lengths is _NONE:
                continue
            short, long = lengths
            if short:
                self._try(low, start, short, found)
            if long:  # what `may_hold` does, without a call at every letter
                code = hash(low[start : start + _LEAD])
                bit = code & _MASK
                if bits[bit >> 3] >> (bit & 7) & 1 and self.may_hold(low[start : start + _LEAD]):
                    self._try(low, start, long, found)
        return found

    def of_each(self, lows: Sequence[str]) -> list[list[Span]]:
        """What `candidates` gives for each of many texts."""
        self._settle()
        letters, ends = letters_of("".join(lows)), list(accumulate(map(len, lows)))
        found: dict[int, list[Span]] = defaultdict(list)
        for side, grams in enumerate((self._beginnings, self._leads)):
            places = grams.places(letters)
            for place, at in zip(places.tolist(), np.searchsorted(ends, places, "right").tolist(), strict=True):
                low = lows[at]
                start = place - ends[at] + len(low)
                if start + grams.wide <= len(low):
                    lengths = self._lengths.get(low[start : start + SHORTEST], self._rest)
                    self._try(low, start, lengths[side], found[at])
        return [sorted(found[at]) if at in found else [] for at in range(len(lows))]

    def _try(self, low: str, start: int, lengths: tuple[int, ...], found: list[Span]) -> None:
        for length in lengths:
            end = start + length
            if end > len(low):
                return
            if self.may_hold(low[start:end]):
                found.append((start, end))


def _beginnings(length: int) -> Iterable[slice]:
    """Where SHORTEST letters stand together in a text of that length."""
    return _SLICES[: max(0, length - SHORTEST + 1)] if length <= _KNOWN else _slices(length)


def _slices(length: int) -> list[slice]:
    return [slice(start, start + SHORTEST) for start in range(length - SHORTEST + 1)]


_KNOWN = 256
_SLICES = _slices(_KNOWN)


def _with_length(lengths: Lengths, length: int) -> Lengths:
    short, long = lengths
    if length in short or length in long:
        return lengths
    if length < _LEAD:
        return tuple(sorted((*short, length))), long
    return short, tuple(sorted((*long, length)))
