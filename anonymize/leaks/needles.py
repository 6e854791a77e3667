"""What is searched for: which values are long enough, and by which bytes at its end each is looked up."""

from __future__ import annotations

from smartsandbox.anonymize.substitute import is_plain_number

ENCODINGS = ("plain", "lower", "upper", "percent", "form", "html", "json", "hex", "base64", "base64url")
SHORTEST = 6
SHORTEST_NUMBER = 9
"""A shorter number would be found by chance among amounts and counts."""
LONGEST = 256
"""Characters; a longer value is searched for in parts."""
_MOST_BYTES = 6
"""Of one character in UTF-8, as it is or folded."""
TAILS = (24, 16, 8, 6)
"""Bytes at the end of a value that are looked up: of these lengths the longest that the value has."""


def is_searchable(value: str) -> bool:
    """True for a value long enough not to be found by chance."""
    return len(value) >= (SHORTEST_NUMBER if is_plain_number(value) else SHORTEST)


def folded(text: str) -> str:
    """The form in which texts that differ only in case are equal. What is folded of a part is a part of the whole's."""
    return text.lower() if text.isascii() else text.upper().casefold()


def tail_of(value: str) -> bytes:
    """The last bytes of a value that is searchable: in lower case and UTF-8."""
    raw = folded(value).encode("utf-8", "replace")
    return raw[-next(length for length in TAILS if length <= len(raw)) :]


def reach_of(value: str) -> int:
    """The most bytes that what is searched for of a value takes in UTF-8, in any case of its letters."""
    return len(value) if value.isascii() else _MOST_BYTES * len(value)
