"""Keys that are values: tells a field name such as "created_at" from a key such as an id, an e-mail or a person's name.

A policy addresses leaves by field names, so a key that is itself a captured value must never become part of an address.
"""

from __future__ import annotations

import re
from functools import lru_cache

from smartsandbox.anonymize.lexicon import personal_names, public_words

_FIELD_NAME = re.compile(r"[A-Za-z_@$:.\-][A-Za-z0-9_@$:.\-\[\]*]{0,79}")
_WORDS = re.compile(r"[A-Za-z][A-Za-z ]{0,79}")
_VALUE_SHAPES = re.compile(
    r"""
      .*\d{4,}.*                                     # a run of digits
    | .*[^\s@]@[^\s@]+\.[^\s@]+.*                    # an e-mail address
    | [0-9a-f]{8,}                                   # hex
    | .*[0-9a-f]{8}-[0-9a-f]{4}-.*                   # a UUID
    | [A-Za-z]{1,12}_(?=\w*\d)(?=\w*[A-Z])\w{8,}     # cus_Nb1xQ
    | (?=(?:[^0-9]*\d){4})[A-Za-z0-9_\-]{12,}        # a token
    """,
    re.VERBOSE,
)
_RANDOM_FROM, _RANDOM_WORD = 14, 2.6
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=65536)
def is_value_key(key: str) -> bool:
    """True if a key looks like data rather than like the name of a field. Decided by the key alone."""
    if key in ("*",):
        return False
    if not _FIELD_NAME.fullmatch(key):
        return not (_WORDS.fullmatch(key) and all(word in public_words() for word in key.lower().split()))
    if _VALUE_SHAPES.fullmatch(key) or _is_random(key):
        return True
    return key[:1].isupper() and key.lower() in personal_names()


def _is_random(key: str) -> bool:
    """Case and digits change every other character, as in no name that people make up."""
    return key.isalnum() and _RANDOM_FROM <= len(key) < _RANDOM_WORD * len(_TOKEN.findall(key))


@lru_cache(maxsize=65536)
def tokens_of(key: str) -> tuple[str, ...]:
    """The lower-case words of a field name: "billingAddress_line1" gives billing, address, line, 1."""
    return tuple(token.lower() for token in _TOKEN.findall(key))
