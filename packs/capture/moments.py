"""When an entry began: parsing recorded times, and placing the entries whose time is missing or too coarse.

Trace order is time order, so two entries of one file must not share a microsecond unless their order means nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random
from typing import Any

SECOND = 1_000_000
EPOCH_US = 946_684_800 * SECOND
"""2000-01-01T00:00:00Z, where the made-up timeline of undated captures begins while nothing dated is known."""
STEP_US = 100_000
"""The distance of two undated entries on it."""

# 1990-01-01 to 2100-01-01. Recorders write 0 for a time they do not know, and HTTP is not older than that.
_FIRST_US, _LAST_US = 631_152_000 * SECOND, 4_102_444_800 * SECOND
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)

_GO_UNITS = {"h": 3.6e9, "m": 6e7, "s": 1e6, "ms": 1e3, "us": 1.0, "µs": 1.0, "ns": 1e-3}
_GO_PART = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)(h|ms|m|s|us|µs|ns)")
_GO = re.compile(f"(?:{_GO_PART.pattern})+")


def parse_moment(text: Any) -> int | None:
    """Microseconds since the Unix epoch of an ISO 8601 or HTTP date, UTC where it names no zone; None if it is neither.

    Times before 1990 or after 2099 count as unreadable.
    """
    if not isinstance(text, str):
        return None
    moment = _iso(text.strip()) or _http_date(text.strip())
    if moment is None:
        return None
    try:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return in_range((aware - _ZERO) // timedelta(microseconds=1))
    except (OverflowError, ValueError):
        return None


def from_seconds(seconds: Any) -> int | None:
    """Microseconds of a float of Unix seconds, None if it is no number or out of range."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return None
    return in_range(round(seconds * SECOND))


def from_epoch(moment: int | float) -> int | None:
    """Microseconds since the Unix epoch of a count of seconds, milli-, micro- or nanoseconds from there.

    The unit is told by the size: in any of them the years 1990 to 2099 share no number with another.
    """
    if isinstance(moment, bool) or not math.isfinite(moment):
        return None
    for in_a_second in (1, 1_000, 1_000_000, 1_000_000_000):
        found = in_range(round(moment * (SECOND / in_a_second)))
        if found is not None:
            return found
    return None


def go_micros(text: Any) -> int | None:
    """Whole microseconds of a duration as Go prints it ("1m2.5s", "515.237ms"), None for anything else."""
    if not isinstance(text, str) or not _GO.fullmatch(text):
        return None
    return round(sum(float(number) * _GO_UNITS[unit] for number, unit in _GO_PART.findall(text)))


def in_range(moment_us: int) -> int | None:
    """The moment itself if it lies in 1990 to 2099, else None."""
    return moment_us if _FIRST_US <= moment_us < _LAST_US else None


def place_times(times: Sequence[int | None], untimed_us: int, *, many_clients: bool = False) -> list[int]:
    """A start for every entry of one file, in file order.

    If none is known they stand STEP_US apart from EPOCH_US + `untimed_us`. Otherwise an unknown one takes its
    predecessor's, and equal times are kept in file order: a microsecond apart, or spread over their second where the
    whole file is dated in whole seconds. One client's are spread evenly. Those of many clients, who do not wait for
    each other, stand as a Poisson process would place so many in a second: independent uniform draws in order, seeded
    by the second.
    """
    known = [moment for moment in times if moment is not None]
    if not known:
        return [EPOCH_US + untimed_us + index * STEP_US for index in range(len(times))]
    filled: list[int] = []
    for moment in times:
        filled.append(moment if moment is not None else (filled[-1] if filled else known[0]))
    return _apart(filled, _one_by_one if not is_coarse(times) else _scattered if many_clients else _evenly)


def is_coarse(times: Sequence[int | None]) -> bool:
    """True if every known time is a whole second."""
    known = [moment for moment in times if moment is not None]
    return bool(known) and all(moment % SECOND == 0 for moment in known)


def _apart(times: list[int], places: Callable[[int, int], list[int]]) -> list[int]:
    total = Counter(times)
    left = {moment: iter(places(moment, count)) for moment, count in total.items()}
    return [moment + next(left[moment]) for moment in times]


def _one_by_one(moment: int, count: int) -> list[int]:
    return list(range(count))


def _evenly(moment: int, count: int) -> list[int]:
    return [at * (SECOND // count) for at in range(count)]


def _scattered(moment: int, count: int) -> list[int]:
    """Sorted draws, moved where two would be the same microsecond; more than a million in a second share some."""
    draw = Random(moment)
    if count > SECOND:
        return sorted(draw.randrange(SECOND) for _ in range(count))
    return sorted(draw.sample(range(SECOND), count))


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
