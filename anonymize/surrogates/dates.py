"""Dates of people, when too few are known for groups: another valid date in the same notation."""

from __future__ import annotations

from datetime import date, timedelta

from smartsandbox.anonymize.dates import format_date, parse_date
from smartsandbox.anonymize.surrogates.base import Base, Minter
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.surrogates.shape import reshape

_FIRST = date(1940, 1, 1)
_DAYS = 24_000


class PersonalDate(Base):
    """The class "date": some day between 1940 and 2005."""

    name, domain, strength, joins, unique = "date", "date", 15, False, False

    def canonical(self, value: str) -> str:
        """ISO 8601 where the notation is known."""
        found = parse_date(value)
        return found.isoformat() if found else value

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Anything that is no date is drawn character by character."""
        if parse_date(canonical) is None:
            return reshape(canonical, draw)
        return (_FIRST + timedelta(days=draw.below(_DAYS))).isoformat()

    def dress(self, surrogate: str, value: str) -> str:
        """In the notation of the original."""
        found = parse_date(surrogate)
        return format_date(found, value) if found and parse_date(value) else surrogate
