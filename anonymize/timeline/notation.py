"""The notations of time that APIs use: epoch numbers, ISO 8601, HTTP dates and the like, read and written in kind.

Writing changes the digits of the time and nothing else: precision, zone, separators and padding stay as they were.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import gmtime

DAY_US = 86_400_000_000
SECOND_US = 1_000_000

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_US = timedelta(microseconds=1)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTS = frozenset(("weekday", "year", "month", "day", "padded", "hour", "minute", "second", "fraction", "half"))
"""Groups of the patterns that change with the time."""
_NAMED_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_CLOCK = (
    r"(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,12}))?)?"
    r"(?:\s*(?P<half>[AaPp][Mm])\b)?"
)
_ZONE = r"(?P<rest>\s*(?P<zone>[+-]\d{2}(?::?\d{2})?)?.*)"
_TEXTS = (
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?:[T ]{_CLOCK}{_ZONE})?", re.DOTALL),
    re.compile(
        rf"(?:(?P<weekday>[A-Za-z]{{3,9}}),? )?(?P<day>\d{{1,2}})[ \-]{_NAMED_MONTH}[ \-](?P<year>\d{{4}}|\d{{2}})"
        rf" (?:{_CLOCK}{_ZONE}|.*)"
    ),
    re.compile(
        rf"(?:(?P<weekday>[A-Za-z]{{3}}) )?{_NAMED_MONTH} (?P<padded>[ \d]\d) {_CLOCK}(?: \w+)? (?P<year>\d{{4}})"
    ),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})T(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(.*)"),
)
_EPOCH = re.compile(r"(\d{9,19})(?:\.(\d{1,9}))?")
_UNITS = (1, 10**3, 10**6, 10**9)
_FIRST_S, _LAST_S = 5 * 10**8, 7 * 10**9
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_HTTP = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")
_HTTP_LAST_US = 250_000_000_000 * SECOND_US
"""In the year 9892; a later one is written as any other notation."""
_SENTINELS = frozenset((0, (2**31 - 1) * SECOND_US))
"""The zero and the end of 32-bit time stand for "never" or "for ever"."""


@dataclass(frozen=True, slots=True)
class Written:
    """A time as it was written. `us` is microseconds since the Unix epoch; a text without a zone is taken for UTC.

    `grain_us` is the precision: the unit of the last digit that is not zero, from a microsecond to a day. A sentinel,
    such as the year 9999, never changes.
    """

    text: str
    us: int
    grain_us: int
    sentinel: bool = False
    unit: int = 0
    """Units a second of an epoch number; 0 for a text."""

    def rewritten(self, us: int, finer: int = 0) -> str:
        """Another time in the same notation, cut down to its grain. `finer`, below 10^9, gives digits beyond 1 us."""
        if self.sentinel:
            return self.text
        cut = us - (us + self._offset_us) % self.grain_us
        return self._epoch(cut, finer) if self.unit else self._text(cut, finer)

    @property
    def has_fraction(self) -> bool:
        """True if there may be digits beyond whole seconds."""
        if self.unit:
            return self.unit > 1 or "." in self.text
        layout = _layout(self.text)
        return layout is not None and layout.has_fraction

    @property
    def _offset_us(self) -> int:
        layout = None if self.unit else _layout(self.text)
        return 0 if layout is None else layout.zone_us

    def _epoch(self, us: int, finer: int) -> str:
        whole, point, fraction = self.text.partition(".")
        digits = len(str(self.unit)) - 1 + len(fraction)
        number = us * 10 ** max(0, digits - 6) // 10 ** max(0, 6 - digits)
        old = whole + fraction
        if digits > 6 and old[6 - digits :].strip("0"):
            number += int(str(finer).zfill(9).ljust(digits, "0")[: digits - 6])
        shown = str(number).zfill(len(old))
        return f"{shown[: -len(fraction)]}.{shown[-len(fraction) :]}" if point else shown

    def _text(self, us: int, finer: int) -> str:
        layout = _layout(self.text)
        if layout is None:
            return self.text
        try:
            if layout.is_http and 0 <= us < _HTTP_LAST_US:
                return _http_time(us // SECOND_US)
            wall = _ZERO + timedelta(microseconds=us + layout.zone_us)
        except OverflowError:
            return self.text
        made, end = [], 0
        for start, stop, name, old in layout.parts:
            made += [self.text[end:start], _shown(name, old, wall, finer, layout.half)]
            end = stop
        return "".join(made) + self.text[end:]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the parts of a time stand in its text, in order, each with its name and digits."""

    zone_us: int
    half: bool
    parts: tuple[tuple[int, int, str, str], ...]
    has_fraction: bool
    is_http: bool
    """As HTTP writes a time."""


@lru_cache(maxsize=4096)
def _layout(text: str) -> _Layout | None:
    match = _match(text)
    if match is None:
        return None
    parts = sorted((*match.span(name), name, match[name]) for name in match.re.groupindex if match[name])
    shown = tuple(part for part in parts if part[2] in _PARTS)
    has_fraction = any(name == "fraction" for _, _, name, _ in shown)
    is_half = match.groupdict().get("half") is not None
    return _Layout(_zone_us(match), is_half, shown, has_fraction, _HTTP.fullmatch(text) is not None)


@lru_cache(maxsize=4096)
def read_time(text: str) -> Written | None:
    """A time in any of the notations, or None for a text that is no time."""
    epoch = _EPOCH.fullmatch(text)
    if epoch is not None:
        return _read_epoch(text, epoch)
    match = _match(text)
    return None if match is None else _read_text(text, match)


def is_time(value: str) -> bool:
    """True for every notation that can be read."""
    return read_time(value) is not None


def _read_epoch(text: str, match: re.Match[str]) -> Written | None:
    number = int(match[1])
    unit = next((unit for unit in _UNITS if _FIRST_S * unit <= number < _LAST_S * unit), None)
    if unit is None:
        return None
    fraction = (match[2] or "").ljust(9, "0")
    us = (number * 10**9 + int(fraction)) * SECOND_US // (unit * 10**9)
    digits = match[1] + (match[2] or "")
    places = len(str(unit)) - 1 + len(match[2] or "")
    shown = digits[len(digits) - places :] if places else ""
    return Written(text, us, _grain(shown), us in _SENTINELS, unit)


def _read_text(text: str, match: re.Match[str]) -> Written | None:
    part = match.groupdict()
    try:
        wall = datetime(
            _year(part["year"]), _month(part["month"]), int(part.get("day") or part["padded"]),
            _hour(part), int(part.get("minute") or 0), min(59, int(part.get("second") or 0)), tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None
    fraction = part.get("fraction") or ""
    us = (wall - _ZERO) // _ONE_US + int(fraction[:6].ljust(6, "0")) - _zone_us(match)
    is_day = not (wall.hour or wall.minute or wall.second or fraction.strip("0"))
    grain = DAY_US if is_day else _grain(fraction) if part.get("second") else 60 * SECOND_US
    sentinel = us in _SENTINELS or not _FIRST_YEAR < wall.year <= _LAST_YEAR
    return Written(text, us, grain, sentinel)


@lru_cache(maxsize=4096)
def _match(text: str) -> re.Match[str] | None:
    return next((match for pattern in _TEXTS if (match := pattern.fullmatch(text)) is not None), None)


def _grain(fraction: str) -> int:
    """Microseconds of the last digit behind the second that is not zero; at least one."""
    return int(10 ** max(0, 6 - len(fraction.rstrip("0"))))


def _zone_us(match: re.Match[str]) -> int:
    zone = match.groupdict().get("zone")
    if not zone:
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-1 if zone[0] == "-" else 1) * minutes * 60 * SECOND_US


def _year(text: str) -> int:
    return int(text) + (0 if len(text) == 4 else 1900 if int(text) > 69 else 2000)


def _hour(part: dict[str, str | None]) -> int:
    """The hour of a clock of 24 hours, or of one of 12 with its half of the day."""
    hour, half = int(part.get("hour") or 0), part.get("half")
    return hour if half is None else hour % 12 + 12 * (half[0] in "Pp")


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text) + 1


def _shown(name: str, old: str, wall: datetime, finer: int, half: bool) -> str:
    """A part of the new time with the width of the old one."""
    if name == "weekday":
        return _DAYS[wall.weekday()] if len(old) > 3 else _DAYS[wall.weekday()][:3]
    if name == "month":
        return str(wall.month).zfill(2) if old.isdigit() else _MONTHS[wall.month - 1]
    if name == "year":
        return str(wall.year).zfill(4)[-len(old) :]
    if name in ("day", "padded"):
        return str(wall.day).rjust(len(old), "0" if name == "day" else " ")
    if name == "fraction":
        return _fraction(old, wall.microsecond, finer)
    if name == "half":
        return wall.strftime("%p") if old.isupper() else wall.strftime("%p").lower()
    if name == "hour":
        return f"{(wall.hour - 1) % 12 + 1 if half else wall.hour:02d}"
    return str(getattr(wall, name)).zfill(2)


def _http_time(second: int) -> str:
    """As HTTP writes it: what the parts give one by one, at a third of the price; every answer has a Date."""
    year, month, day, hour, minute, second, weekday, *_ = gmtime(second)
    date = f"{_DAYS[weekday][:3]}, {day:02d} {_MONTHS[month - 1]} {year:04d}"
    return f"{date} {hour:02d}:{minute:02d}:{second:02d} GMT"


def _fraction(old: str, microsecond: int, finer: int) -> str:
    digits = str(microsecond).zfill(6)
    beyond = str(finer).zfill(9) if old[6:].strip("0") else "0" * 9
    return (digits + beyond)[: len(old)].ljust(len(old), "0")
