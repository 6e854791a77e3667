"""Names of people: every word of a name has one surrogate, so that "Ann Smith", "Smith, Ann" and "ann" stay one
person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smartsandbox.anonymize.lexicon import load
from smartsandbox.anonymize.surrogates.base import Base, Minter, cased_like, fold
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.wordlist import words

WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")

_KEPT = frozenset(
    words(
        "mr mrs ms miss dr prof sir herr frau monsieur madame jr sr ii iii de del della der den van von zu la le di "
        "da dos al bin ibn of the and und et y"
    )
)
_LIST_ATTEMPTS = 12


@dataclass(frozen=True)
class NameWord(Base):
    """One word of a name, drawn from a frozen list; when the list gets crowded, a coined word."""

    name: str
    words: str
    strength: int
    domain: str = "name"

    def canonical(self, value: str) -> str:
        """NFC, lower case."""
        return fold(value)

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """A single letter stays a single letter."""
        if len(canonical) == 1:
            return draw.choice("abcdefghijklmnoprstuvwy")
        if draw.attempt < _LIST_ATTEMPTS:
            return _list(self.words)[draw.below(len(_list(self.words)))].lower()
        return draw.word(2 + draw.attempt % 3)

    def dress(self, surrogate: str, value: str) -> str:
        """In the case of the original."""
        return cased_like(surrogate, value) if value.isupper() or value.islower() else surrogate.capitalize()


def _list(name: str) -> Sequence[str]:
    return load(name)


class Person(Base):
    """A name of several words. Titles and particles stay, every other word takes its own surrogate."""

    name, domain, strength = "person", "person", 60

    def narrow(self, value: str) -> str:
        """A lone word is a given name; what has digits in it is a text."""
        if any(char.isdigit() for char in value):
            return "text"
        words = WORD.findall(value)
        return "first_name" if len(words) == 1 and words[0] == value.strip() else self.name

    def canonical(self, value: str) -> str:
        """NFC, lower case, single spaces."""
        return " ".join(fold(value).split())

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Built of the words' surrogates; a value without words is drawn as a name."""
        if not WORD.search(canonical):
            return f"{draw.choice(load('given'))} {draw.choice(load('family'))}".lower()
        again = f" {draw.word()}" if draw.attempt else ""
        return self._rebuild(canonical, minter) + again

    def _rebuild(self, text: str, minter: Minter) -> str:
        roles = iter(_roles(text))

        def word(match: re.Match[str]) -> str:
            role = next(roles)
            return match[0] if role is None else minter.of(match[0], role)

        return WORD.sub(word, text)

    def dress(self, surrogate: str, value: str) -> str:
        """In the case of the original."""
        if value.isupper() or value.islower():
            return cased_like(surrogate, value)
        return WORD.sub(lambda match: match[0] if match[0] in _KEPT else match[0].title(), surrogate)

    def parts(self, value: str) -> Iterable[tuple[str, str]]:
        """The words, the last one (or the one before a comma) as a family name."""
        for match, role in zip(WORD.finditer(value), _roles(value), strict=True):
            if role is not None and len(match[0]) > 1:
                yield role, match[0]


def _roles(text: str) -> list[str | None]:
    words = [match[0] for match in WORD.finditer(text)]
    family_first = "," in text
    last = 0 if family_first else len(words) - 1
    family = {last} if len(words) > 1 else set()
    return [
        None if word.lower() in _KEPT else "last_name" if index in family else "first_name"
        for index, word in enumerate(words)
    ]
