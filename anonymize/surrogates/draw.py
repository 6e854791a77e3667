"""Pseudo-random choices that are a function of run key, domain, value and attempt, and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.wordlist import words

T = TypeVar("T")

_SPARE_BITS = 64
_CONSONANTS = words("b c d f g h k l m n p r s t v w br cl dr fl gr kl pl st tr")
_VOWELS = ["a", "e", "i", "o", "u", "a", "e", "o"]
_FOR_LETTERS = 32
"""Bytes of a block; the others are for digits."""
_BELOW_26, _NOT_BELOW_26 = bytes(byte % 26 for byte in range(256)), bytes(range(234, 256))
_BELOW_10, _NOT_BELOW_10 = bytes(byte % 10 for byte in range(256)), bytes(range(250, 256))
"""A byte as a number, and the bytes that are left out so that every number is equally likely."""
_ENDS = ("", "", "n", "r", "l", "s", "m", "nd", "rn")


class Draw:
    """An endless stream of choices. Two draws with the same arguments choose alike."""

    def __init__(self, key: RunKey, domain: str, value: str, attempt: int = 0) -> None:
        self.attempt = attempt
        self._key, self._domain, self._value = key, domain, value
        self._block = 0
        self._pool = 0
        self._size = 1

    def below(self, bound: int) -> int:
        """A whole number from 0 to bound - 1; the bias is under 2 to the -64."""
        while self._size < bound << _SPARE_BITS:
            block = self._key.prf(f"{self._domain}/{self._block}", self._value, self.attempt)
            self._pool = (self._pool << 512) | int.from_bytes(block, "big")
            self._size <<= 512
            self._block += 1
        self._pool, choice = divmod(self._pool, bound)
        self._size //= bound
        return choice

    def choice(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely."""
        return options[self.below(len(options))]

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def digits(self, count: int) -> str:
        """That many decimal digits."""
        return str(self.below(10**count)).zfill(count) if count else ""

    def alphabets(self, count: int) -> tuple[bytes, bytes]:
        """That many numbers from 0 to 25, and that many from 0 to 9, a byte each, without any bias."""
        letters = digits = b""
        while len(letters) < count or len(digits) < count:
            block = self._key.prf(f"{self._domain}/{self._block}", self._value, self.attempt)
            letters += block[:_FOR_LETTERS].translate(_BELOW_26, _NOT_BELOW_26)
            digits += block[_FOR_LETTERS:].translate(_BELOW_10, _NOT_BELOW_10)
            self._block += 1
        return letters[:count], digits[:count]

    def word(self, syllables: int = 2) -> str:
        """A coined, pronounceable lower-case word."""
        body = "".join(self.choice(_CONSONANTS) + self.choice(_VOWELS) for _ in range(syllables))
        return body + self.choice(_ENDS)
