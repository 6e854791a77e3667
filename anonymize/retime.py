"""The move of a whole capture by whole weeks, so that order, distances and weekdays stay. Which notations of time there
are is in `timeline.notation`.
"""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.timeline.notation import is_time, read_time

__all__ = ["WEEK_S", "WEEK_US", "Shift", "is_time"]

WEEK_S = 7 * 24 * 3600
WEEK_US = WEEK_S * 1_000_000
_LEAST_WEEKS, _MOST_WEEKS = 26, 260


@dataclass(frozen=True, slots=True)
class Shift:
    """A move by whole weeks, forward if positive."""

    weeks: int

    @staticmethod
    def of(key: RunKey) -> Shift:
        """Half a year to five years back, drawn from the run key."""
        return Shift(-Draw(key, "retime", "shift").between(_LEAST_WEEKS, _MOST_WEEKS))

    def text(self, value: str) -> str | None:
        """A time in its own notation, moved; a sentinel such as year 9999 stays; None if the text is no time."""
        written = read_time(value)
        return None if written is None else written.rewritten(written.us + self.weeks * WEEK_US)
