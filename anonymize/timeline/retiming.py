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
from smartsandbox.anonymize.timeline.column import Mapped
from smartsandbox.anonymize.timeline.course import NONE, Course, Ints
from smartsandbox.anonymize.timeline.dealing import Wait, deal
from smartsandbox.anonymize.timeline.draws import shuffled_within
from smartsandbox.anonymize.timeline.pauses import pauses_of, redrawn
from smartsandbox.anonymize.timeline.segments import AT_ONCE, Followed, segments
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
    """By row of a segment: the row before it (NONE: none), the least time between them, and the virtual time between
    them.
    """

    before: Ints
    least_us: Ints
    apart_us: Ints


def retimed(course: Course, k: int, key: RunKey, at_once: int = AT_ONCE) -> Timeline:
    """A function of course and key alone. The order inside a session stays, and an effect stays after its cause.

    `at_once` is how many rows a segment has at least.
    """
    draft = _Draft(course, k, key)
    for number, (start, end) in enumerate(segments(course, k, at_once)):
        draft.take(start, end, f" {number}" if number else "")
    return Timeline(draft.given.numbers, course.started_us, draft.weeks, draft.early, draft.given.release)


class _Draft:
    """A timeline in the making; segments come in their order."""

    def __init__(self, course: Course, k: int, key: RunKey) -> None:
        self._course, self._k, self._key = course, k, key
        self._followed = Followed(course)
        self._virtual, self.given = Mapped(course.count), Mapped(course.count)
        self.weeks = Shift.of(key).weeks
        self.early = 0

    def take(self, start: int, end: int, number: str) -> None:
        """Deal the instants of a segment. `number` tells its draws from those of others."""
        links = self._links(start, end, number)
        self._ask(start, self._new_starts(start, links, number), links)
        course, part = self._course, slice(start, end)
        waits = tuple(Wait(_inside(link.before, start), link.least_us) for link in links)
        dealt = deal(
            course.started_us[part],
            course.wrong[part],
            self._virtual.numbers[part],
            waits,
            earliest_us=self._earliest(start, end, links),
        )
        self.given.numbers[part] = dealt.started_us + self.weeks * WEEK_US
        self.early += dealt.early
        for columns in (course, self._virtual, self.given):
            columns.release()

    def _links(self, start: int, end: int, number: str) -> list[_Link]:
        links = [self._link(start, self._followed.before(start, end), f"pauses{number}")]
        cause = self._course.cause[start:end]
        if (cause != NONE).any():
            links.append(self._link(start, cause, f"lags{number}"))
        return links

    def _link(self, start: int, before: Ints, purpose: str) -> _Link:
        pauses = pauses_of(self._course, before, start)
        least, apart = np.zeros((2, len(before)), np.int64)
        at = pauses.rows - start
        least[at] = np.maximum(1, pauses.least_us)
        apart[at] = pauses.least_us + redrawn(pauses, self._course, self._k, self._key, purpose)
        return _Link(before, least, apart)

    def _new_starts(self, start: int, links: Sequence[_Link], number: str) -> Ints:
        """By row: where a session begins of itself, the start of another session of its window; else its own."""
        found = self._course.started_us[start : start + len(links[0].before)].copy()
        heads = np.flatnonzero(np.logical_and.reduce([link.before == NONE for link in links]))
        starts = found[heads]
        places = windows(starts, max(self._k, FEWEST_STARTS))
        found[heads] = starts[shuffled_within(self._key, f"starts{number}", places)]
        return found

    def _ask(self, start: int, starts_us: Ints, links: Sequence[_Link]) -> None:
        """The virtual times, row by row: the latest of what the rows before it ask for, or its own start where there is
        none.
        """
        times = self._virtual.numbers.data
        columns = [(link.before.data, link.apart_us.data) for link in links]
        for at, own in enumerate(starts_us.data):
            asked = [times[before[at]] + apart[at] for before, apart in columns if before[at] != NONE]
            times[start + at] = max(asked) if asked else own

    def _earliest(self, start: int, end: int, links: Sequence[_Link]) -> Ints:
        """What rows of segments before ask for."""
        found = np.zeros(end - start, np.int64)
        for link in links:
            at = np.flatnonzero((link.before != NONE) & (link.before < start))
            went = self.given.numbers[link.before[at]] - self.weeks * WEEK_US
            found[at] = np.maximum(found[at], went + link.least_us[at])
        return found


def _inside(before: Ints, start: int) -> Ints:
    """Rows counted from the beginning of a segment; those of segments before are none."""
    return np.where(before < start, NONE, before - start)
