"""Points in time as they stand in messages: read once, and written again in the same form after a shift.

Whole-day forms move by whole days. Numbers are taken for times by the name of their field only, because an amount or
an id can look the same. Times are microseconds since 1970 in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

SECOND = 1_000_000
DAY = 86_400 * SECOND

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:([T ]\d{2}:\d{2}(?::\d{2})?)([.,]\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?")
_HTTP = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")
_NUMBER = re.compile(r"(1\d{9}|1\d{12})(\.\d+)?")
_TIME_NAME = re.compile(
    r"(?i).*(?:_at|At|_on|_ts|date|time|timestamp|stamp)|at|on|ts|created|updated|modified|changed|expires|expiry|exp"
    r"|iat|nbf|since|until|issued|valid_(?:from|to)|(?:period|trial|billing)_(?:start|end)"
)
_EXPIRY_NAME = re.compile(r"(?i)exp|iat|nbf|auth_time|(?:.*_)?(?:expires?|expiry|expiration)(?:_?(?:at|on|date|time))?")
_BIRTH_NAME = re.compile(r"(?i).*(?:birth|born|dob).*")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, and how it was written. `expiry` says that it counts from its answer, as the end of a token's
    life does; others are dates of things. `us` is in whole seconds."""

    us: int
    form: str
    text: str
    expiry: bool = False

    def shifted(self, by_us: int) -> str:
        """The text of the point `by_us` later, in the same form."""
        return _WRITERS[self.form](self.text, by_us)


def moment(text: str, name: str = "", number: bool = False) -> Moment | None:
    """The point in time that a text is; `name` is its field's, `number` says that it stands there without quotes."""
    if number:
        return _number(text, name)
    if len(text) < 10 or len(text) > 40 or _BIRTH_NAME.fullmatch(name):
        return None
    match = _ISO.fullmatch(text)
    expiry = _EXPIRY_NAME.fullmatch(name) is not None
    try:
        if match is not None:
            return Moment(_iso_us(match), "iso" if match[2] else "day", text, expiry and match[2] is not None)
        if _HTTP.fullmatch(text):
            return Moment(_us(parsedate_to_datetime(text)), "http", text, expiry)
    except ValueError:
        return None
    return None


def _number(text: str, name: str) -> Moment | None:
    match = _NUMBER.fullmatch(text)
    if match is None or not _TIME_NAME.fullmatch(name) or _BIRTH_NAME.fullmatch(name):
        return None
    us = int(match[1]) * (SECOND if len(match[1]) == 10 else 1000)
    return Moment(us, "seconds" if len(match[1]) == 10 else "milliseconds", text, bool(_EXPIRY_NAME.fullmatch(name)))


def _us(value: datetime) -> int:
    return round((value - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


def _iso_us(match: re.Match[str]) -> int:
    day, clock, zone = match[1], match[2] or "T00:00", match[4] or "Z"
    return _us(datetime.fromisoformat(f"{day}T{clock[1:]}{zone}"))


def _shift_day(text: str, by_us: int) -> str:
    return (date.fromisoformat(text) + timedelta(days=by_us // DAY)).isoformat()


def _shift_iso(text: str, by_us: int) -> str:
    """The date and time of day as written, in whatever zone; fraction and zone stay."""
    seconds = text[16:17] == ":"
    whole = datetime.fromisoformat(text[:19] if seconds else text[:16]) + timedelta(seconds=by_us // SECOND)
    written = whole.isoformat(sep=text[10], timespec="seconds" if seconds else "minutes")
    return written + text[len(written) :]


def _shift_http(text: str, by_us: int) -> str:
    return format_datetime(parsedate_to_datetime(text) + timedelta(seconds=by_us // SECOND), usegmt=True)


def _shift_seconds(text: str, by_us: int) -> str:
    whole, point, rest = text.partition(".")
    return f"{int(whole) + by_us // SECOND}{point}{rest}"


def _shift_milliseconds(text: str, by_us: int) -> str:
    whole, point, rest = text.partition(".")
    return f"{int(whole) + by_us // SECOND * 1000}{point}{rest}"


_WRITERS = {
    "day": _shift_day,
    "iso": _shift_iso,
    "http": _shift_http,
    "seconds": _shift_seconds,
    "milliseconds": _shift_milliseconds,
}


def http_date(us: int) -> str:
    """A point in time as HTTP headers have it."""
    return format_datetime(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us), usegmt=True)


def iso_time(us: int) -> str:
    """A point in time as RFC 3339 has it, in whole seconds."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=us // SECOND)).strftime("%Y-%m-%dT%H:%M:%SZ")
