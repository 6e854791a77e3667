"""Where people live and work: address lines, cities and companies under coined names."""

from __future__ import annotations

import re

from smartsandbox.anonymize.surrogates.base import Base, Minter, cased_like, fold
from smartsandbox.anonymize.surrogates.draw import Draw

_STREETS = ("Road", "Street", "Lane", "Avenue", "Close", "Way", "Drive", "Row")
_TOWNS = ("ford", "ton", "bury", "ham", "field", "wick", "mouth", "ley", "by", "stead")
_FIRMS = ("Ltd", "Works", "Trading", "Partners", "Supplies", "Group")


class _Place(Base):
    def canonical(self, value: str) -> str:
        """NFC, lower case, single spaces."""
        return " ".join(fold(value).split())

    def dress(self, surrogate: str, value: str) -> str:
        """In upper or lower case if the original was."""
        return cased_like(surrogate, value) if value.isupper() or value.islower() else surrogate


class AddressLine(_Place):
    """A street and number; a second line ("Flat 3") keeps its length class."""

    name, domain, strength = "address", "address", 50

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """The house number has as many digits as before."""
        number = re.search(r"\d{1,5}", canonical)
        house = str(draw.between(1, 10 ** min(4, len(number[0])) + 8 * draw.attempt)) + " " if number else ""
        return f"{house}{draw.word(2).capitalize()} {draw.choice(_STREETS)}"


class City(_Place):
    """A coined town."""

    name, domain, strength = "city", "city", 42

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Longer words when the short ones are taken."""
        return draw.word(1 + draw.attempt // 8).capitalize() + draw.choice(_TOWNS)


class Company(_Place):
    """A coined firm."""

    name, domain, strength = "company", "company", 48

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """A word and a kind of firm."""
        return f"{draw.word(2 + draw.attempt // 8).capitalize()} {draw.choice(_FIRMS)}"
