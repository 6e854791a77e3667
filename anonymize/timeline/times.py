"""Times inside messages follow the exchange that they belong to: the one that showed them first.

A time of the capture (made then, or running out later) moves by what its exchange moved. An older one is blurred and
moved by the whole weeks. The same time is the same wherever it stands, with one exception: a time told in whole seconds
is shared by all who did something in that second, and would show who did; so it follows the exchange that showed it
first in its own session, if it happened there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.leaves import Leaf, Location
from smartsandbox.anonymize.retime import WEEK_US
from smartsandbox.anonymize.timeline.blur import FEW_US, Blur, blurred
from smartsandbox.anonymize.timeline.course import NONE, Course, Ints
from smartsandbox.anonymize.timeline.notation import DAY_US, SECOND_US, Written, read_time
from smartsandbox.anonymize.timeline.retiming import Timeline
from smartsandbox.anonymize.timeline.segments import AT_ONCE
from smartsandbox.anonymize.timeline.sightings import Sightings

NEAR_US = 300 * SECOND_US
"""A time up to this long before the exchange that shows it first belongs to the capture."""

NO_INTS = np.zeros(0, np.int64)

STARTED = ("started",)
"""The pointer of the start of an exchange, among its timings."""

SAID = (Location.TIMING, ("message",))
"""Location and pointer of when a message on a WebSocket was said, from the handshake's answer on."""

JUST_NOW_US = 2 * SECOND_US
"""A time not older than this was made by the exchange that shows it."""

_HEADERS = frozenset(
    (Location.REQUEST_HEADER, Location.RESPONSE_HEADER, Location.REQUEST_COOKIE, Location.RESPONSE_COOKIE)
)


@dataclass(frozen=True, slots=True)
class Times:
    """Moves the times of a run. A function of course, sightings and key, whatever is asked first."""

    course: Course
    timeline: Timeline
    sightings: Sightings
    blur: Blur
    key: RunKey

    def text(self, leaf: Leaf, row: int) -> str | None:
        """The new value of a leaf of the exchange in `row`; None if the leaf holds no time."""
        if leaf.location == Location.TIMING and leaf.pointer == STARTED:
            return str(self.timeline.started_us[row])
        written = read_time(leaf.value)
        if written is None or written.sentinel:
            return None if written is None else leaf.value
        finer = self._finer(leaf.value) if written.has_fraction else 0
        return written.rewritten(self._moved(written, leaf, row), finer)

    def release(self) -> None:
        """Give back the memory of what lies on disk; it stays readable."""
        self.course.release()
        self.timeline.release()
        self.sightings.release()

    def _moved(self, written: Written, leaf: Leaf, row: int) -> int:
        showed = self._showed(written, leaf, row)
        oldest = self._started(showed) - NEAR_US - _slack(written)
        if written.us < oldest:
            return self._blurred(written) + self.timeline.weeks * WEEK_US
        moved = self.timeline.moved_by(showed)
        if written.grain_us < DAY_US:
            return written.us + moved
        started = self._started(showed)
        return written.us + ((started + moved) // DAY_US - started // DAY_US) * DAY_US

    def _showed(self, written: Written, leaf: Leaf, row: int) -> int:
        """The exchange that a time belongs to."""
        if _is_about_the_exchange(leaf) and written.us >= self._started(row) - JUST_NOW_US - _slack(written):
            return row
        if written.grain_us >= SECOND_US:
            own = self.sightings.first(written.us, int(self.course.session[row]))
            if own != NONE and written.us >= self._started(own) - JUST_NOW_US - _slack(written):
                return own
        found = self.sightings.first(written.us)
        return row if found == NONE else found

    def _started(self, row: int) -> int:
        return int(self.course.started_us[row])

    def _blurred(self, written: Written) -> int:
        second, below = divmod(written.us, SECOND_US)
        return self.blur.of(second) * SECOND_US + (self._finer(str(written.us)) % SECOND_US if below else 0)

    def _finer(self, value: str) -> int:
        """Digits that say nothing, the same for the same value."""
        return int.from_bytes(self.key.prf("finer", value)[:8], "big") % 10**9


def times_of(course: Course, timeline: Timeline, sightings: Sightings, k: int, key: RunKey) -> Times:
    """Blur what is older than the capture, by whole seconds, so that two precisions of one time stay together."""
    old = list(_old(course, sightings))
    seconds, holders = (np.concatenate([NO_INTS, *(pair[side] for pair in old)]) for side in (0, 1))
    blur = blurred(seconds, holders, k, key, FEW_US // SECOND_US)
    return Times(course, timeline, sightings, blur, key)


def _old(course: Course, sightings: Sightings) -> Iterator[tuple[Ints, Ints]]:
    """Seconds older than the capture, each once with each who showed it."""
    for start in range(0, len(sightings.us), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        us = sightings.us[part]
        is_old = us < course.started_us[sightings.row[part]] - NEAR_US
        if is_old.any():
            pairs = np.stack((us[is_old] // SECOND_US, course.holders[sightings.session[part][is_old]]))
            seconds, holders = np.unique(pairs, axis=1)
            yield seconds, holders
        sightings.release()
        course.release()


def _slack(written: Written) -> int:
    """A day is near if any hour of it is."""
    return written.grain_us if written.grain_us > SECOND_US else 0


def _is_about_the_exchange(leaf: Leaf) -> bool:
    """A header such as Date says when this answer was given; a token inside a header says when it was made."""
    return leaf.location in _HEADERS and not any(token.startswith("(") for token in leaf.pointer)
