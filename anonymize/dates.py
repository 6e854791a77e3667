"""Calendar dates in the notations that APIs use for them, read and written in kind."""

from __future__ import annotations

import re
from datetime import date

_NOTATIONS = (
    # pattern, order of year, month and day among the groups
    (re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?P<rest>[T ].*)?"), "ymd"),
    (re.compile(r"(\d{2})([-/.])(\d{2})\2(\d{4})(?P<rest>)"), "dmy"),
    (re.compile(r"(\d{2})([-/.])(\d{2})\2(\d{4})(?P<rest>)"), "mdy"),
)


def parse_date(text: str) -> date | None:
    """The day that a text names, or None. Day before month where both readings are possible."""
    for pattern, order in _NOTATIONS:
        match = pattern.fullmatch(text.strip())
        found = _date(match, order) if match else None
        if found is not None:
            return found
    return None


def format_date(day: date, like: str) -> str:
    """The day in the notation of `like`; a time of day behind it becomes midnight."""
    for pattern, order in _NOTATIONS:
        match = pattern.fullmatch(like.strip())
        if match is not None and _date(match, order) is not None:
            parts = {"y": f"{day.year:04d}", "m": f"{day.month:02d}", "d": f"{day.day:02d}"}
            return match[2].join(parts[letter] for letter in order) + re.sub(r"\d", "0", match["rest"] or "")
    return day.isoformat()


def _date(match: re.Match[str], order: str) -> date | None:
    numbers = dict(zip(order, (match[1], match[3], match[4]), strict=True))
    try:
        found = date(int(numbers["y"]), int(numbers["m"]), int(numbers["d"]))
    except ValueError:
        return None
    return found if found.year >= 1850 else None
