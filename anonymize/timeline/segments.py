"""Long captures are re-timed segment by segment, so that memory does not grow with them: each segment deals its own
instants among its own exchanges.
"""

from __future__ import annotations

import numpy as np

from smartsandbox.anonymize.timeline.course import NONE, Course, Ints

AT_ONCE = 1 << 16
"""Exchanges of a segment, at least; a capture of less than two segments is one."""
PEOPLE = 8
"""For each one of k, people whom a segment has at least: pools must find k people for most steps inside it."""


def segments(course: Course, k: int, at_once: int = AT_ONCE) -> list[tuple[int, int]]:
    """The first row and the row behind the last of each segment, in order; they cover the course.

    What would be too small or too lonely at the end joins the segment before it.
    """
    ends: list[int] = []
    people: set[int] = set()
    first = 0
    for start in range(0, course.count, at_once):
        rows = np.arange(start, min(start + at_once, course.count))
        people.update(np.unique(course.holder_of(rows)).tolist())
        course.release()
        if len(rows) == at_once and len(people) >= PEOPLE * k:
            ends.append(int(rows[-1]) + 1)
            people, first = set(), ends[-1]
    if first < course.count:
        ends[-1:] = [course.count]
    return list(zip([0, *ends[:-1]], ends, strict=True)) if ends else []


class Followed:
    """Finds the row before each row in its session, for segments in their order."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._latest = np.full(len(course.holders), NONE, np.int64)

    def before(self, start: int, end: int) -> Ints:
        """For each row of the next segment the row before it in its session, or NONE for the first."""
        session = self._course.session[start:end]
        order = np.argsort(session, kind="stable")
        session = session[order]
        begins = np.append(True, session[1:] != session[:-1])
        ordered = np.append(NONE, order[:-1] + start)
        ordered[begins] = self._latest[session[begins]]
        ends = np.append(begins[1:], True)
        self._latest[session[ends]] = order[ends] + start
        found = np.empty(len(order), np.int64)
        found[order] = ordered
        return found
