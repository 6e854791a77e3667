"""Re-timing: sessions begin at one another's starts, pauses come from pools, and the recorded instants are dealt anew.

Arrivals stay production's: the instants of the capture are used as they are, each once. What changes is who takes
which, so that knowing when somebody sent a request does not find it. Last, all is moved by whole weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.retime import WEEK_US, Shift
from smartsandbox.anonymize.timeline.column import stored
from smartsandbox.anonymize.timeline.course import NONE, Course, Ints
from smartsandbox.anonymize.timeline.dealing import Wait, deal
from smartsandbox.anonymize.timeline.draws import shuffled_within
from smartsandbox.anonymize.timeline.pauses import pauses_of, redrawn
from smartsandbox.anonymize.timeline.windows import FEWEST_STARTS, windows


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each exchange starts in the publication, by row of the course. `weeks` are in it already."""

    started_us: Ints
    recorded_us: Ints
    weeks: int
    early: int
    """Exchanges that stand before the answer that they had waited for."""
    release: Callable[[], None] = field(default=lambda: None, compare=False)
    """Gives back the memory of the new starts; they stay readable."""

    def moved_by(self, row: int) -> int:
        """Microseconds from the recorded start of an exchange to its new one."""
        return int(self.started_us[row]) - int(self.recorded_us[row])


@dataclass(frozen=True, slots=True)
class _Link:
    """By row: the row before it (NONE: none), the least time between them, and the virtual time between them."""

    before: Ints
    least_us: Ints
    apart_us: Ints


def retimed(course: Course, k: int, key: RunKey) -> Timeline:
    """A function of course and key alone. The order inside a session stays, and an effect stays after its cause."""
    virtual, waits = _asked(course, k, key)
    dealt = deal(course.started_us, course.wrong, virtual, waits)
    weeks = Shift.of(key).weeks
    started_us, column = stored(dealt.started_us + weeks * WEEK_US)
    return Timeline(started_us, course.started_us, weeks, dealt.early, column.release)


def _asked(course: Course, k: int, key: RunKey) -> tuple[Ints, tuple[Wait, ...]]:
    """The virtual times, and what each row waits for; what was drawn for them is not kept."""
    links = [_link(course, course.previous, k, key, "pauses")]
    if (course.cause != NONE).any():
        links.append(_link(course, course.cause, k, key, "lags"))
    return _virtual(_new_starts(course, k, key), links), tuple(Wait(link.before, link.least_us) for link in links)


def _link(course: Course, before: Ints, k: int, key: RunKey, purpose: str) -> _Link:
    pauses = pauses_of(course, before)
    least, apart = np.zeros((2, course.count), np.int64)
    least[pauses.rows] = np.maximum(1, pauses.least_us)
    apart[pauses.rows] = pauses.least_us + redrawn(pauses, course, k, key, purpose)
    return _Link(before, least, apart)


def _new_starts(course: Course, k: int, key: RunKey) -> Ints:
    """By row: where a session begins of itself, the start of another session of its window; else its own."""
    heads = np.flatnonzero((course.previous == NONE) & (course.cause == NONE))
    starts = course.started_us[heads]
    found = course.started_us.copy()
    found[heads] = starts[shuffled_within(key, "starts", windows(starts, max(k, FEWEST_STARTS)))]
    return found


def _virtual(starts_us: Ints, links: Sequence[_Link]) -> Ints:
    """Row by row: the latest of what the rows before it ask for, or its own start where there is none."""
    found = starts_us.copy()
    times = found.data
    columns = [(link.before.data, link.apart_us.data) for link in links]
    for row in range(len(found)):
        asked = [times[before[row]] + apart[row] for before, apart in columns if before[row] != NONE]
        if asked:
            times[row] = max(asked)
    return found
