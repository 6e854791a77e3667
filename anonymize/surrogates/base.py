"""What a surrogate class is: how values of one kind are compared, replaced and written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Protocol

from smartsandbox.anonymize.surrogates.draw import Draw


class Minter(Protocol):
    """What a class may ask while it makes a surrogate out of the surrogates of parts."""

    def of(self, value: str, class_name: str) -> str:
        """The surrogate of another value."""
        ...

    def knows(self, value: str) -> str | None:
        """The class that a value was seen under in this run, or None."""
        ...

    def is_public(self, value: str) -> bool:
        """True if the value is made of words that say nothing about a person."""
        ...

    def is_prefix(self, prefix: str) -> bool:
        """True if ids with this prefix are a kind of id ("acct_"), not one person's."""
        ...

    def substitute(self, text: str) -> str:
        """The text with every known sensitive value inside it replaced."""
        ...

    def embedded(self, value: str) -> list[tuple[int, int, str]]:
        """Start, end and surrogate of shorter known values inside a value."""
        ...

    def ending(self, digits: str) -> str | None:
        """The surrogate ending of a card whose number ends so."""
        ...


class SurrogateClass(Protocol):
    """One kind of value.

    `domain`: two values of a domain never share a surrogate while `unique` holds. `joins`: the value is replaced
    wherever it stands, in texts too. `strength`: of the classes that one value is seen under, the highest decides.
    """

    @property
    def name(self) -> str:
        """What policies call it."""
        ...

    @property
    def domain(self) -> str:
        """Where its surrogates are unique."""
        ...

    @property
    def strength(self) -> int:
        """Its rank among the classes of one value."""
        ...

    @property
    def joins(self) -> bool:
        """Whether its values are replaced in texts."""
        ...

    @property
    def unique(self) -> bool:
        """Whether different values get different surrogates."""
        ...

    def narrow(self, value: str) -> str:
        """The name of the class that the value really belongs to: its own, or for a lone word "first_name"."""
        ...

    def canonical(self, value: str) -> str:
        """The form in which two spellings of one value are equal."""
        ...

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """A candidate surrogate in canonical form; called with further attempts until one is free."""
        ...

    def dress(self, surrogate: str, value: str) -> str:
        """The surrogate in the spelling that `value` has."""
        ...

    def parts(self, value: str) -> Iterable[tuple[str, str]]:
        """(class, value) of what is inside and identifies on its own, such as the words of a name."""
        ...


class Base:
    """What most classes share: compared as written, no parts, unique, joined."""

    name: str
    domain: str
    strength: int
    joins: bool = True
    unique: bool = True

    def narrow(self, value: str) -> str:
        """Its own."""
        return self.name

    def canonical(self, value: str) -> str:
        """As written."""
        return value

    def dress(self, surrogate: str, value: str) -> str:
        """As made."""
        return surrogate

    def parts(self, value: str) -> Iterable[tuple[str, str]]:
        """None."""
        return ()


def fold(value: str) -> str:
    """NFC, lower case, without white space at the ends: the form in which values of any class are matched up."""
    return (value if value.isascii() else unicodedata.normalize("NFC", value)).strip().lower()


def cased_like(text: str, model: str) -> str:
    """`text` in upper, lower or title case if `model` is wholly so."""
    if model.isupper() and len(model) > 1:
        return text.upper()
    if model.islower():
        return text.lower()
    return text[:1].upper() + text[1:] if model[:1].isupper() else text
