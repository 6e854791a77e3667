"""The instant at which all workers of a run start, given as a time of day."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

from smartsandbox.packs.errors import InconclusiveError, UsageError
from smartsandbox.replay_engine.clock import Clock, utc_now

START_AT = "SMARTSANDBOX_START_AT"


def parse_instant(text: str) -> float:
    """Seconds since the Unix epoch, from such a number or from ISO 8601 (UTC where it names no zone)."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            raise UsageError(f"start {text!r} must be Unix seconds or a time such as 2031-01-31T12:00:00Z") from error
        seconds = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    if not math.isfinite(seconds):
        raise UsageError(f"start {text!r} is not a finite number of seconds")
    return seconds


def on_clock(instant: float, clock: Clock) -> float:
    """The instant as a time of the monotonic clock, which later steps of the time of day do not move.

    Raises InconclusiveError where it has passed: the others have begun without this worker.
    """
    left = instant - utc_now().timestamp()
    if left < 0:
        raise InconclusiveError(f"the start time passed {-left:.1f} s ago: this worker is too late, choose a later one")
    return clock.now() + left


class At:
    """A gate that opens at a time of day."""

    def __init__(self, instant: float) -> None:
        self._instant = instant

    async def start(self, clock: Clock, stop: Callable[[], None]) -> float:
        """See driver.Gate."""
        return on_clock(self._instant, clock)
