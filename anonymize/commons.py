"""Common values: what may be published because it says nothing about a person, or because enough people hold it."""

from __future__ import annotations

import re

from smartsandbox.anonymize.keynames import is_value_key, tokens_of
from smartsandbox.anonymize.lexicon import personal_names

_WORDLIKE = re.compile(r"[A-Za-z][A-Za-z0-9_.:/+\-]{0,39}(?: [A-Za-z0-9_.:/+\-]{1,20}){0,2}")
_SMALL_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,4})?%?")


def is_small_number(value: str) -> bool:
    """True for a decimal of up to six digits, which is an amount or a count, not an identifier."""
    return _SMALL_NUMBER.fullmatch(value) is not None


def may_be_common(value: str) -> bool:
    """True for a value shaped like a constant of an API: a word or a few, no name, no id, no address."""
    return (
        _WORDLIKE.fullmatch(value) is not None
        and not is_value_key(value.replace(" ", "_"))
        and not any(token in personal_names() for token in tokens_of(value))
    )


def is_held_by_enough(value: str, holders: int, k: int) -> bool:
    """True if at least k people hold a value that may be common."""
    return holders >= k and may_be_common(value)
