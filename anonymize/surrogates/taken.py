"""Which surrogates were given out already: a filter of fixed size, the same on every machine.

It forgets none. One in ten million others passes for given out at 200,000 surrogates, one in three hundred at two
million; another is drawn in its place, so that costs a draw and nothing else.
"""

from __future__ import annotations

from hashlib import blake2b

_BITS = 1 << 25
_MASK = _BITS - 1
_EACH = 4
"""Bits of one surrogate."""
_WIDTH = 32
"""Of the digest that each is taken from."""


class Taken:
    """A set of places that are only ever added."""

    __slots__ = ("_bits",)

    def __init__(self) -> None:
        self._bits = bytearray(_BITS >> 3)

    def take(self, place: str) -> bool:
        """Take a place; False if it was taken before."""
        code = int.from_bytes(blake2b(place.encode("utf-8", "surrogatepass"), digest_size=_EACH * _WIDTH // 8).digest())
        bits, is_new = self._bits, False
        for _ in range(_EACH):
            bit, code = code & _MASK, code >> _WIDTH
            if not bits[bit >> 3] >> (bit & 7) & 1:
                bits[bit >> 3] |= 1 << (bit & 7)
                is_new = True
        return is_new
