"""What is public in a run: frozen words of technical English and the names that the reviewed policy itself publishes.

A value made of such words only is neither searched for nor replaced in texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import unquote

from smartsandbox.anonymize.keynames import tokens_of
from smartsandbox.anonymize.leaves import ANY, KEY, VALUE
from smartsandbox.anonymize.lexicon import public_words
from smartsandbox.anonymize.policy import Policy

_CHUNK = re.compile(r"[^\W_]+")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_TAIL = re.compile(r"([a-z]{2,})(\d{1,3})")
_MOST_DIGITS = 3
_MOST_GROUPED = 4
"""Digits in numbers that follow each other, such as a version's."""


@dataclass(slots=True)
class Vocabulary:
    """`published` are whole names that stand in the policy: field names, path literals, header names."""

    published: frozenset[str] = frozenset()
    _known: dict[str, bool] = field(default_factory=dict)

    def is_public(self, value: str) -> bool:
        """True if the value is a published name, or consists of public words and numbers of up to three digits."""
        found = self._known.get(value)
        if found is None:
            found = self._known[value] = self._judge(value)
        return found

    def _judge(self, value: str) -> bool:
        if value.lower() in self.published:
            return True
        if _NOT_TEXT.search(value):
            return False
        chunks = _CHUNK.findall(unquote(value) if "%" in value else value)
        if _is_number_in_groups(chunks):
            return False
        return bool(chunks) and all(_is_public_chunk(chunk) or chunk.lower() in self.published for chunk in chunks)


def _is_number_in_groups(chunks: list[str]) -> bool:
    """True where numbers follow each other without a word between: a phone, an address of the net, a national id."""
    for are_digits, run in groupby(chunks, str.isdigit):
        groups = list(run) if are_digits else []
        if len(groups) > 1 and sum(map(len, groups)) > _MOST_GROUPED:
            return True
    return False


def _is_public_chunk(chunk: str) -> bool:
    if chunk.isdigit():
        return len(chunk) <= _MOST_DIGITS
    lower, words = chunk.lower(), public_words()
    if lower in words:
        return True
    tail = _TAIL.fullmatch(lower)
    if tail:
        return tail[1] in words
    tokens = tokens_of(chunk)
    return "".join(tokens) == lower and all(token in words and len(token) > 1 for token in tokens)


def vocabulary_of(policy: Policy) -> Vocabulary:
    """The vocabulary of a run under a policy."""
    names = {policy.service.lower(), *map(str.lower, policy.endpoints)}
    names |= {token.lower() for address in policy.decisions for token in address.pointer}
    for endpoint in policy.endpoints:
        names |= {segment.lower() for segment in endpoint.partition(" ")[2].split("/") if not segment.startswith("{")}
    return Vocabulary(frozenset(names - {ANY, KEY, VALUE, ""}))
