"""Opaque values: ids, tokens, hashes and numbers, replaced character class by character class.

Length, punctuation, the kind prefix of an id ("acct_") and the range of a number stay, so that a parser, a column or
a JavaScript number that held the original holds the surrogate. Known values inside a longer one keep their own
surrogates.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass

from smartsandbox.anonymize.surrogates.accounts import ADDRESS
from smartsandbox.anonymize.surrogates.base import Base, Minter
from smartsandbox.anonymize.surrogates.draw import Draw

_HEX = re.compile(r"(?=.*\d)(?=.*[A-Fa-f])(?:[0-9a-f]{8,}|[0-9A-F]{8,})")
_PREFIX = re.compile(r"(?:[A-Za-z]{1,12}[_\-]){1,3}(?=[A-Za-z0-9])|W/(?=\")")
_NUMBER = re.compile(r"(-?)(\d+)(\.\d+)?")
_CAPS = (2**31 - 1, 2**32 - 1, 2**53 - 1, 2**63 - 1, 2**64 - 1)
_LETTERS = bytes(255 if chr(byte).isalpha() and byte < 128 else 0 for byte in range(256))
_DIGITS = bytes(255 if chr(byte).isdigit() and byte < 128 else 0 for byte in range(256))
"""By byte of ASCII, whether a letter or a digit is drawn in its place, as a mask."""
_FIRST = bytes(
    ord("0" if chr(byte).isdigit() else "a" if chr(byte).islower() else "A" if chr(byte).isupper() else chr(byte))
    if byte < 128
    else byte
    for byte in range(256)
)
"""By byte, the first of those that may stand in its place."""
_WIDEN_AFTER = 24
"""Attempts; then the space of that length is taken to be full and one character is added."""
_WHOLLY_AFTER = 240
"""Attempts; then a value inside must be what no surrogate may hold, such as one that stays as it is, and goes too."""


@dataclass(frozen=True)
class Shape(Base):
    """A class whose surrogates look like the value with every letter and digit drawn anew."""

    name: str
    domain: str
    strength: int
    joins: bool = True
    unique: bool = True

    def narrow(self, value: str) -> str:
        """An e-mail address is one wherever it stands: drawn letter by letter it could be somebody's."""
        return "email" if "@" in value and ADDRESS.fullmatch(value.strip()) else self.name

    def parts(self, value: str) -> Iterable[tuple[str, str]]:
        """The addresses inside it."""
        if "@" not in value:
            return ()
        return (("email", match[0]) for match in ADDRESS.finditer(value) if match[0] != value.strip())

    def canonical(self, value: str) -> str:
        """Without white space at the ends."""
        return value.strip()

    def dress(self, surrogate: str, value: str) -> str:
        """With the white space at the ends."""
        core = value.strip()
        return surrogate if core == value else value.replace(core, surrogate)

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Prefix and punctuation kept, values inside replaced by their surrogates, the rest drawn."""
        number = _NUMBER.fullmatch(canonical)
        if number is not None:
            return (
                number[1] + whole_number(number[2], draw) + (f".{draw.digits(len(number[3]) - 1)}" if number[3] else "")
            )
        inside = minter.embedded(canonical) if draw.attempt < _WHOLLY_AFTER else []
        if not inside and draw.attempt < _WIDEN_AFTER:
            start = _kept_prefix(canonical, minter)
            return canonical[:start] + reshape(canonical[start:], draw)
        start = min([_kept_prefix(canonical, minter), *(begin for begin, _, _ in inside)])
        pieces, at = [canonical[:start]], start
        for begin, end, surrogate in inside:
            if begin >= at:
                pieces += (reshape(canonical[at:begin], draw), surrogate)
                at = end
        pieces.append(reshape(canonical[at:], draw))
        return "".join(pieces) + (draw.digits(1 + draw.attempt // _WIDEN_AFTER) if draw.attempt >= _WIDEN_AFTER else "")


def _kept_prefix(value: str, minter: Minter) -> int:
    match = _PREFIX.match(value)
    return match.end() if match and minter.is_prefix(match[0]) else 0


def reshape(text: str, draw: Draw) -> str:
    """Digits for digits, letters for letters of the same case, hex for hex; everything else stays."""
    if _HEX.fullmatch(text):
        return f"{draw.below(16 ** len(text)):0{len(text)}{'x' if text.lower() == text else 'X'}}"
    if not text.isascii():
        return "".join([_char(char, draw) for char in text])
    raw, size = text.encode(), len(text)
    letters, digits = draw.alphabets(size)
    drawn = [
        int.from_bytes(raw.translate(mask)) & int.from_bytes(numbers)
        for mask, numbers in ((_LETTERS, letters), (_DIGITS, digits))
    ]
    return (int.from_bytes(raw.translate(_FIRST)) + sum(drawn)).to_bytes(size).decode()


def _char(char: str, draw: Draw) -> str:
    if char.isdigit():
        return draw.digits(1)
    if not char.isalpha():
        return char
    return (string.ascii_uppercase if char.isupper() else string.ascii_lowercase)[draw.below(26)]


def whole_number(digits: str, draw: Draw) -> str:
    """As many digits, no leading zero unless there was one, and under the same power-of-two limit."""
    count = len(digits) + draw.attempt // _WIDEN_AFTER
    if digits.startswith("0") and len(digits) > 1:
        return "0" + draw.digits(count - 1)
    low = 10 ** (count - 1) if count > 1 else 1
    high = 10**count - 1
    cap = next((cap for cap in _CAPS if int(digits) <= cap), high)
    return str(draw.between(low, max(low, min(high, cap))))
