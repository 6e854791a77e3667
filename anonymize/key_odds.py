"""How much likelier a key is as the name of a field than as a random identifier, by its letters alone.

The odds are a sum of log-likelihood ratios, in bits: a name is spelt like English (a chain of letter pairs, learnt from
the public words) or is made of short abbreviations; an identifier draws each character evenly from the kinds of
characters that it shows.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import pairwise

from smartsandbox.anonymize.lexicon import public_words

_PARTS = re.compile(r"[^A-Za-z0-9]+")
_TOKENS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_KINDS = ((re.compile("[a-z]"), 26), (re.compile("[A-Z]"), 26), (re.compile(r"\d"), 10))

_WORD_BITS = 11.0
"""One of some two thousand words that names of fields are made of."""
_NEXT_BITS = 3.0
"""That another word follows without a separator."""
_NUMBER_BITS, _DIGIT_BITS = 6.0, math.log2(10)
_SHORT, _SHORT_BITS, _LETTER_BITS = re.compile("[A-Z]?[a-z]{2,4}"), 2.0, math.log2(21)
"""An abbreviation ("Cdt", "pymt") is spelt with consonants, each as likely as the next."""

_START, _END = "^", "$"
_UNSEEN = 0.3
"""Added to how often each pair was seen."""
_AFTER = 27
"""Letters, or the end of a word, that may follow a letter."""


@lru_cache(maxsize=4096)
def name_odds(key: str) -> float:
    """log2 of P(key | a field's name) / P(key | random); names are mostly above 0, identifiers of ten characters and
    more mostly under -8. 0 for a key without ASCII letters or digits."""
    parts = [part for part in _PARTS.split(key) if part]
    bits = math.log2(sum(count for kind, count in _KINDS if kind.search(key)) or 1)
    return sum(len(part) * bits - _name_bits(part) for part in parts)


def _name_bits(part: str) -> float:
    tokens = _TOKENS.findall(part)
    words = sum(not token.isdigit() for token in tokens)
    return sum(map(_token_bits, tokens)) + _NEXT_BITS * max(0, words - 1)


def _token_bits(token: str) -> float:
    if token.isdigit():
        return _NUMBER_BITS + _DIGIT_BITS * len(token)
    word = token.lower()
    if word in public_words():
        return _WORD_BITS
    spelt = sum(_pairs()[pair] for pair in pairwise(f"{_START}{word}{_END}"))
    return min(spelt, _SHORT_BITS + _LETTER_BITS * len(word)) if _SHORT.fullmatch(token) else spelt


@cache
def _pairs() -> Mapping[tuple[str, str], float]:
    """Bits that each letter costs after another, by how often they follow one another in public words."""
    words = [word for word in public_words() if word.isascii() and word.isalpha()]
    seen = Counter(pair for word in words for pair in pairwise(f"{_START}{word}{_END}"))
    first = Counter(pair[0] for pair in seen.elements())
    letters = "abcdefghijklmnopqrstuvwxyz"
    return {
        (one, other): -math.log2((seen[one, other] + _UNSEEN) / (first[one] + _UNSEEN * _AFTER))
        for one in f"{_START}{letters}"
        for other in f"{letters}{_END}"
    }
