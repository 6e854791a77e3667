"""What a person's requests show by their endpoints alone: which they visited, and which came next after which.

Either is rare if fewer than k people share it. Rows are exchanges in trace order; a person is a holder of the course.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.km import Universe, Violation, violations_in
from smartsandbox.anonymize.timeline.course import NONE, Course, Ints
from smartsandbox.anonymize.timeline.pairs import distinct_pairs

Mask = NDArray[np.bool_]

AT_ONCE = 1 << 16
"""Rows that are looked at together: all else that is kept is by person or by endpoint."""

SEQUENCE = 2
"""Requests in a step; who knows fewer requests is not helped by their order."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Consecutive exchanges of a session: the rows of both, a number for their two endpoints, and how many people
    share a step between these.
    """

    earlier: Ints
    later: Ints
    code: Ints
    holders: Ints


def people_in(course: Course, kept: Mask) -> int:
    """How many people have any of the kept rows."""
    seen = np.zeros(len(course.holders), np.bool_)
    for rows in parts(course, kept):
        seen[course.holder_of(rows)] = True
    return int(seen.sum())


def universe_of(course: Course, kept: Mask) -> Universe:
    """The endpoints that each holder visited in the kept rows."""
    held = np.zeros((len(course.endpoints), (len(course.holders) + 63) // 64 * 8), np.uint8)
    for rows in parts(course, kept):
        endpoints, holders = distinct_pairs(course.endpoint[rows], course.holder_of(rows))
        np.bitwise_or.at(held, (endpoints, holders >> 3), np.left_shift(1, holders & 7).astype(np.uint8))
    visited = sorted(np.flatnonzero(held.any(axis=1)).tolist(), key=course.endpoints.__getitem__)
    return Universe(tuple(course.endpoints[at] for at in visited), held[visited].view(np.uint64))


def rare_sets(course: Course, kept: Mask, k: int, m: int) -> tuple[Violation, ...]:
    """The minimal combinations of up to m endpoints that fewer than k people share."""
    return violations_in(universe_of(course, kept), k, m)


def step_code(course: Course, earlier: int, later: int) -> int:
    """The number of the step from one row to another."""
    return int(course.endpoint[earlier]) * len(course.endpoints) + int(course.endpoint[later])


def steps(course: Course, kept: Mask) -> Steps:
    """Every step of the kept rows."""
    rows = np.flatnonzero(kept)
    order = rows[np.argsort(course.session[rows], kind="stable")].astype(np.int64)
    inside = course.session[order[1:]] == course.session[order[:-1]]
    earlier, later = order[:-1][inside], order[1:][inside]
    code = course.endpoint[earlier] * len(course.endpoints) + course.endpoint[later]
    numbers = np.unique(code, return_inverse=True)[1]
    held = distinct_pairs(numbers, course.holder[later])[0]
    return Steps(earlier, later, code, np.bincount(held)[numbers].astype(np.int64) if len(code) else code)


def rare_steps(course: Course, kept: Mask, k: int) -> dict[tuple[str, str], int]:
    """Steps that fewer than k people share, by the names of their endpoints, with how many do."""
    names, width = course.endpoints, len(course.endpoints)
    makers: dict[int, set[int]] = {}
    last = np.full(len(course.holders), NONE, np.int64)
    for rows in parts(course, kept):
        for code, holders in _makers(*_codes(course, rows, last)):
            known = makers.setdefault(code, set())
            if len(known) < k:
                known.update(holders[: k + len(known)].tolist())
    rare = sorted((code, len(known)) for code, known in makers.items() if len(known) < k)
    return {(names[code // width], names[code % width]): holders for code, holders in rare}


def _codes(course: Course, rows: Ints, last: Ints) -> tuple[Ints, Ints]:
    """The number of each step to one of the rows, and its holder. `last` has the endpoint of each session's row before
    them, and is brought up to date.
    """
    session, endpoint = course.session[rows], course.endpoint[rows]
    order = np.argsort(session, kind="stable")
    session, endpoint = session[order], endpoint[order]
    begins = np.append(True, session[1:] != session[:-1])
    before = np.append(NONE, endpoint[:-1])
    before[begins] = last[session[begins]]
    ends = np.append(begins[1:], True)
    last[session[ends]] = endpoint[ends]
    follows = before != NONE
    return before[follows] * len(course.endpoints) + endpoint[follows], course.holders[session[follows]]


def _makers(code: Ints, holder: Ints) -> Iterator[tuple[int, Ints]]:
    """Each number with its different holders."""
    codes, holders = distinct_pairs(code, holder)
    firsts = np.flatnonzero(np.diff(codes, prepend=NONE))
    yield from zip(codes[firsts].tolist(), np.split(holders, firsts[1:]) if len(firsts) else (), strict=True)


def parts(course: Course, kept: Mask) -> Iterator[Ints]:
    """The numbers of the kept rows, so many at once as fit into little memory."""
    for start in range(0, len(kept), AT_ONCE):
        rows = np.flatnonzero(kept[start : start + AT_ONCE]).astype(np.int64)
        if len(rows):
            yield rows + start
        course.release()
