"""A Bloom filter of fixed size: says of a text that it was surely never added, or that it may have been.

Two bits a text, taken from the hash that Python keeps with it, so the filter is of one process only.
"""

from __future__ import annotations

_SHIFT = 32


class Bloom:
    """`size` is in bits, a power of two and at least 8. With n texts of `size` s, about (2n/s)^2 of others pass."""

    __slots__ = ("bits", "mask")

    def __init__(self, size: int) -> None:
        self.bits = bytearray(size >> 3)
        self.mask = size - 1

    @staticmethod
    def of_all() -> Bloom:
        """One that lets everything pass."""
        made = Bloom(8)
        made.bits[0] = 0xFF
        return made

    def add(self, text: str) -> None:
        """Take up a text."""
        code, bits = hash(text), self.bits
        for bit in (code & self.mask, code >> _SHIFT & self.mask):
            bits[bit >> 3] |= 1 << (bit & 7)

    def may_hold(self, text: str) -> bool:
        """False if the text was surely not added."""
        code, bits = hash(text), self.bits
        bit = code & self.mask
        if not bits[bit >> 3] >> (bit & 7) & 1:
            return False
        bit = code >> _SHIFT & self.mask
        return bool(bits[bit >> 3] >> (bit & 7) & 1)
