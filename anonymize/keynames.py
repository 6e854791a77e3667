"""Keys that are values: tells a field name such as "created_at" from a key such as an id, an e-mail or a person's name.

A policy addresses leaves by field names, so a key that is itself a captured value must never become part of an address.
"""

from __future__ import annotations

import base64
import binascii
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
_PARTS, _LETTERS = re.compile(r"[^A-Za-z0-9]+"), re.compile(r"[A-Za-z]+")
_INNER_DIGITS = re.compile(r"(?<=[A-Za-z])\d+(?=[A-Za-z]|\d*$)")
_MIXED_FROM, _MIXED_DIGITS, _ABBREVIATION = 8, 2, 2
_UNSPEAKABLE = re.compile(r"(?=.*[a-z]\d)(?=.*\d[a-z])(?=.*[bcdfghjklmnpqrstvwxz]{4}).*")
_ALL_KINDS = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d).*")
_MAGIC = (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
_BASE64 = re.compile(r"[A-Za-z0-9_\-]+={0,2}")
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def is_value_key(key: str) -> bool:
    """True if a key looks like data rather than like the name of a field. Decided by the key alone."""
    if key in ("*",):
        return False
    if not _FIELD_NAME.fullmatch(key):
        return not (_WORDS.fullmatch(key) and all(word in public_words() for word in key.lower().split()))
    if _VALUE_SHAPES.fullmatch(key) or _is_random(key) or _is_mixture(key) or _holds_text(key):
        return True
    return key[:1].isupper() and key.lower() in personal_names()


def _is_random(key: str) -> bool:
    """Case and digits change every other character, as in no name that people make up."""
    bare = key.replace("_", "").replace("-", "")
    if bare != key and not _ALL_KINDS.fullmatch(bare):
        return False  # words between separators, of which each is a token
    return bare.isalnum() and _RANDOM_FROM <= len(bare) < _RANDOM_WORD * len(_TOKEN.findall(bare))


def _is_mixture(key: str) -> bool:
    """Digits stand between letters twice or more in one part of the key, and not between words (kd3fb3c2fe1), or once
    beside letters that nobody could pronounce (kf585dcffecb)."""
    for part in _PARTS.split(key):
        if len(part) >= _MIXED_FROM and len(_INNER_DIGITS.findall(part)) >= _MIXED_DIGITS:
            pieces = _LETTERS.findall(part)
            if any(len(piece) > _ABBREVIATION and piece.lower() not in public_words() for piece in pieces):
                return True
        if len(part) >= _MIXED_FROM and _UNSPEAKABLE.fullmatch(part.lower()):
            return True
    return False


def _holds_text(key: str) -> bool:
    """Base64 of printable ASCII or of something compressed; a name made of words is that once in ten thousand times."""
    bare = key.rstrip("=")
    if len(bare) < _RANDOM_FROM or not _BASE64.fullmatch(key):
        return False
    try:
        raw = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
        return raw.startswith(_MAGIC) or raw.decode("ascii").isprintable()
    except (binascii.Error, UnicodeDecodeError):
        return False


@lru_cache(maxsize=4096)
def tokens_of(key: str) -> tuple[str, ...]:
    """The lower-case words of a field name: "billingAddress_line1" gives billing, address, line, 1."""
    return tuple(token.lower() for token in _TOKEN.findall(key))
