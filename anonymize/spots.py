"""Where in a text some value out of very many may stand: a filter of fixed size.

An automaton over all values of a capture grows with the capture. Here three letters give the lengths of the values that
begin with them, a Bloom filter knows the first eight letters of longer values, and the same filter knows the values.
What passes is a candidate, to be looked up; a value that stands in a text always passes. Time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat

from smartsandbox.anonymize.bloom import Bloom

SHORTEST = 3
_LEAD = 8
_MOST_BEGINNINGS = 1 << 17
_BITS = 1 << 26
_MASK = _BITS - 1

Lengths = tuple[tuple[int, ...], tuple[int, ...]]
"""Of values shorter than _LEAD, and of the others; both ascending."""

_NONE: Lengths = ((), ())


class Spots:
    """The filter. Values are given in the form in which texts are searched: lower case."""

    __slots__ = ("_bloom", "_lengths", "_rest", "_shared")

    def __init__(self) -> None:
        self._lengths: dict[str, Lengths] = {}
        """By the first SHORTEST letters."""
        self._rest = _NONE
        """Of values whose first letters came when `_lengths` was full."""
        self._shared: dict[Lengths, Lengths] = {}
        """There are far fewer different lengths than beginnings."""
        self._bloom = Bloom(_BITS)

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
        if len(value) > _LEAD:
            self._bloom.add(value[:_LEAD])

    def may_hold(self, text: str) -> bool:
        """False if the text is surely no value and does not begin a longer one."""
        return self._bloom.may_hold(text)

    def forget(self) -> None:
        """Give the room back: from now on everything may be a value, and candidates are not asked for any more."""
        self._lengths, self._bloom = {}, Bloom.of_all()

    def candidates(self, low: str) -> list[tuple[int, int]]:
        """Start and end of what may be a value, in order of the start; `low` is in lower case."""
        found: list[tuple[int, int]] = []
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

    def _try(self, low: str, start: int, lengths: tuple[int, ...], found: list[tuple[int, int]]) -> None:
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
