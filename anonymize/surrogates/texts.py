"""Words: neutral sentences in the place of texts, one constant for categories, a made-up client for user agents."""

from __future__ import annotations

from smartsandbox.anonymize.surrogates.base import Base, Minter, fold
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.surrogates.shape import reshape
from smartsandbox.anonymize.wordlist import words

_NEUTRAL = words(
    "sample value text for this field in the record of one item that was set here and is used to test with no "
    "other use than to fill the place it has among many of its kind so long as nothing else is known about it"
)
_SHORT = 4
_COINED_AFTER = 8
"""Attempts; then a neutral word must itself be a value of the capture, and coined words are taken instead."""
MAX_TEXT = 2000
"""Characters; a longer text is replaced by one of this length."""


def neutral(length: int, draw: Draw) -> str:
    """Neutral words of about that many characters, never more than a word longer."""
    words: list[str] = []
    size = 0
    coined = draw.attempt >= _COINED_AFTER
    while size < min(length, MAX_TEXT):
        words.append(draw.word(1 + draw.below(2)) if coined else draw.choice(_NEUTRAL))
        size += len(words[-1]) + 1
    return " ".join(words)


class Text(Base):
    """A name of a thing, a title, a remark: neutral words of the same length class."""

    name, domain, strength = "text", "text", 10

    def canonical(self, value: str) -> str:
        """As matched: NFC, lower case."""
        return fold(value)

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """A very short text is drawn letter by letter; a number makes a longer one unique."""
        if len(canonical) <= _SHORT:
            return reshape(canonical, draw) + (draw.digits(1 + draw.attempt // 8) if draw.attempt > 8 else "")
        if " " not in canonical:
            return draw.word(max(1, min(12, len(canonical) // 3)) + draw.attempt // 16)
        tail = f" {draw.below(10 ** min(9, 1 + draw.attempt))}" if draw.attempt else ""
        return neutral(len(canonical), draw).capitalize() + tail


class Category(Base):
    """A personal category, such as a gender, when too few people are known: one constant, which says nothing."""

    name, domain, strength, joins, unique = "category", "category", 1, False, False

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """The constant."""
        return "unspecified"


class UserAgent(Base):
    """One of nine made-up clients; a real one is close to a fingerprint."""

    name, domain, strength, joins, unique = "user_agent", "user_agent", 5, False, False

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Neither product nor platform of the original."""
        return f"Mozilla/5.0 (compatible; SandboxClient/{draw.between(1, 9)}.0)"
