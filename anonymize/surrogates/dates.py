"""Dates and times of people, when too few are known for groups: another valid one in the same notation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from smartsandbox.anonymize.dates import format_date, parse_date
from smartsandbox.anonymize.surrogates.base import Base, Minter
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.surrogates.shape import reshape
from smartsandbox.anonymize.timeline.notation import DAY_US, SECOND_US, Written, read_time

_FIRST = date(1940, 1, 1)
_DAYS = 24_000
_FIRST_TIME_US = int(datetime(2002, 1, 1, tzinfo=UTC).timestamp()) * SECOND_US
_SECONDS = 18 * 365 * 86_400
_TIME = "@"
"""Before the microseconds of a time, so that it is no date."""


class PersonalDate(Base):
    """The class "date": some day between 1940 and 2005; a time of day on one between 2002 and 2019."""

    name, domain, strength, joins, unique = "date", "date", 15, False, False

    def canonical(self, value: str) -> str:
        """ISO 8601 where the notation is known; a time by its microseconds since the epoch."""
        moment = _moment(value)
        if moment is not None:
            return f"{_TIME}{moment.us}"
        found = parse_date(value)
        return found.isoformat() if found else value

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Anything that is no date is drawn character by character."""
        if canonical.startswith(_TIME):
            return f"{_TIME}{_FIRST_TIME_US + draw.below(_SECONDS) * SECOND_US}"
        if parse_date(canonical) is None:
            return reshape(canonical, draw)
        return (_FIRST + timedelta(days=draw.below(_DAYS))).isoformat()

    def dress(self, surrogate: str, value: str) -> str:
        """In the notation of the original."""
        moment = _moment(value)
        if moment is not None and surrogate.startswith(_TIME):
            return moment.rewritten(int(surrogate.removeprefix(_TIME)))
        found = parse_date(surrogate)
        return format_date(found, value) if found and parse_date(value) else surrogate


def _moment(value: str) -> Written | None:
    """A time that is more than a day, such as the moment when an account was made; midnight alone is a day."""
    written = read_time(value)
    if written is None or (parse_date(value) is not None and written.grain_us >= DAY_US):
        return None
    return written
