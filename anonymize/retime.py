"""Times: the whole capture is moved by one number of whole weeks, so that order, distances and weekdays stay.

Epoch numbers, ISO 8601, HTTP dates and the like are moved in their own notation; every digit that the move does not
concern stays as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.surrogates.draw import Draw

WEEK_S = 7 * 24 * 3600
_LEAST_WEEKS, _MOST_WEEKS = 26, 260
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_EPOCH = re.compile(r"([+-]?\d{9,19})(\.\d{1,9})?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})((?:[T ]\d{2}:?\d{2}.*)?)", re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(T\d{6}.*)")
_HTTP = re.compile(
    r"((?:[A-Za-z]{3,9},? )?)(\d{1,2})([ \-])(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)([ \-])(\d{4}|\d{2})( .*)"
)
_ASCTIME = re.compile(r"((?:[A-Za-z]{3} )?)(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)( +)(\d{1,2})( .* )(\d{4})")
_UNITS = (1, 10**3, 10**6, 10**9)
_FIRST_S, _LAST_S = 5 * 10**8, 7 * 10**9
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Shift:
    """A move by whole weeks, forward if positive."""

    weeks: int

    @staticmethod
    def of(key: RunKey) -> Shift:
        """Half a year to five years back, drawn from the run key."""
        return Shift(-Draw(key, "retime", "shift").between(_LEAST_WEEKS, _MOST_WEEKS))

    def microseconds(self, started_us: int) -> int:
        """A start time, moved."""
        return started_us + self.weeks * WEEK_S * 1_000_000

    def text(self, value: str) -> str | None:
        """A time in its own notation, moved; a sentinel such as year 9999 stays; None if the text is no time."""
        for notation in (self._epoch, self._iso, self._http, self._asctime, self._compact):
            moved = notation(value)
            if moved is not None:
                return moved
        return None

    def _epoch(self, value: str) -> str | None:
        match = _EPOCH.fullmatch(value)
        unit = epoch_unit(value) if match else None
        if match is None or unit is None:
            return None
        return str(int(match[1]) + self.weeks * WEEK_S * unit) + (match[2] or "")

    def _iso(self, value: str) -> str | None:
        match = _ISO.fullmatch(value)
        moved = self._day(int(match[1]), int(match[2]), int(match[3])) if match else None
        return None if match is None or moved is None else f"{moved.isoformat()}{match[4]}"

    def _compact(self, value: str) -> str | None:
        match = _COMPACT.fullmatch(value)
        moved = self._day(int(match[1]), int(match[2]), int(match[3])) if match else None
        return None if match is None or moved is None else f"{moved:%Y%m%d}{match[4]}"

    def _http(self, value: str) -> str | None:
        match = _HTTP.fullmatch(value)
        if match is None:
            return None
        year = int(match[6]) + (0 if len(match[6]) == 4 else 1900 if int(match[6]) > 69 else 2000)
        moved = self._day(year, _MONTHS.index(match[4]) + 1, int(match[2]))
        if moved is None:
            return None
        day = str(moved.day).zfill(len(match[2]))
        shown = str(moved.year)[-len(match[6]) :]
        return f"{match[1]}{day}{match[3]}{_MONTHS[moved.month - 1]}{match[5]}{shown}{match[7]}"

    def _asctime(self, value: str) -> str | None:
        match = _ASCTIME.fullmatch(value)
        moved = self._day(int(match[6]), _MONTHS.index(match[2]) + 1, int(match[4])) if match else None
        if match is None or moved is None:
            return None
        width = len(match[3]) + len(match[4])
        return f"{match[1]}{_MONTHS[moved.month - 1]}{str(moved.day).rjust(width)}{match[5]}{moved.year}"

    def _day(self, year: int, month: int, day: int) -> date | None:
        try:
            found = date(year, month, day)
        except ValueError:
            return None
        return found + timedelta(weeks=self.weeks) if _FIRST_YEAR <= year <= _LAST_YEAR else found


def epoch_unit(value: str) -> int | None:
    """Units a second (1, 1e3, 1e6, 1e9) if the number reads as a time from 1985 to 2190, else None."""
    digits = value.partition(".")[0]
    if not digits.isdigit():
        return None
    number = int(digits)
    return next((unit for unit in _UNITS if _FIRST_S * unit <= number < _LAST_S * unit), None)


def is_time(value: str) -> bool:
    """True for every notation that a shift can move."""
    return Shift(0).text(value) is not None
