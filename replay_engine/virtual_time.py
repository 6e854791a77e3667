"""The virtual clock of a session: shifted, frozen, or running at a factor of real time.

Times are microseconds since 1970 in UTC. A clock is a value; it reads no time itself.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from smartsandbox.replay_engine.moments import DAY, SECOND, moment

_UNITS = {"s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": DAY, "w": 7 * DAY}
_SHIFT = re.compile(r"([+-]?)(\d{1,9})([smhdw])")
_MOST_RATE = 1e6
_YEARS = 200 * 366 * DAY
GRAMMAR = "shift=+3d (s, m, h, d, w), freeze=2026-01-01T00:00:00Z, rate=10, joined by commas, or off"


@dataclass(frozen=True, slots=True)
class VirtualTime:
    """`virtual_us` was the time here when it was `real_us` outside; it runs `rate` times as fast, 0 for not at all."""

    virtual_us: int
    real_us: int
    rate: float = 1.0

    def now(self, real_us: int) -> int:
        """The time here when it is `real_us` outside."""
        return self.virtual_us + int((real_us - self.real_us) * self.rate)


def clock_named(text: str, real_us: int, current: VirtualTime | None = None) -> VirtualTime | None:
    """The clock that a setting such as `shift=+3d,rate=10` means when set at `real_us`; None for `off`.

    `shift` counts from real time, `rate` runs on from the `current` clock's time. Raises ValueError with what is wrong.
    """
    if text.strip() == "off":
        return None
    clock = VirtualTime(current.now(real_us) if current else real_us, real_us)
    for part in text.split(","):
        name, _, value = part.strip().partition("=")
        if name not in _SETTERS:
            raise ValueError(f"{part.strip()[:40]!r} is not one of: {GRAMMAR}")
        clock = _SETTERS[name](clock, value.strip())
    return clock


def _shift(clock: VirtualTime, value: str) -> VirtualTime:
    match = _SHIFT.fullmatch(value)
    if match is None:
        raise ValueError(f"shift={value[:40]!r} is not a number of s, m, h, d or w such as +3d")
    by = int(match[2]) * _UNITS[match[3]] * (-1 if match[1] == "-" else 1)
    if abs(by) > _YEARS:
        raise ValueError(f"shift={value!r} is more than 200 years")
    return replace(clock, virtual_us=clock.real_us + by)


def _freeze(clock: VirtualTime, value: str) -> VirtualTime:
    at = moment(value)
    if at is None or at.form not in ("iso", "day"):
        raise ValueError(f"freeze={value[:40]!r} is not a time such as 2026-01-01T00:00:00Z")
    return replace(clock, virtual_us=at.us, rate=0.0)


def _rate(clock: VirtualTime, value: str) -> VirtualTime:
    try:
        rate = float(value)
    except ValueError:
        rate = math.nan
    if not 0 <= rate <= _MOST_RATE:
        raise ValueError(f"rate={value[:40]!r} is not a number from 0 to {_MOST_RATE:.0f}")
    return replace(clock, rate=rate)


_SETTERS = {"shift": _shift, "freeze": _freeze, "rate": _rate}
