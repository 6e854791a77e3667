"""What a person's requests show by their endpoints alone: which they visited, and which came next after which.

Either is rare if fewer than k people share it. Rows are exchanges in trace order; a person is a holder of the course.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.km import Violation, violations
from smartsandbox.anonymize.timeline.course import NONE, Course, Ints
from smartsandbox.anonymize.timeline.pairs import distinct_pairs

Mask = NDArray[np.bool_]

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


def endpoint_sets(course: Course, kept: Mask) -> tuple[frozenset[str], ...]:
    """The endpoints that each holder visited in the kept rows; holders without any are left out."""
    holders, endpoints = distinct_pairs(course.holder[kept], course.endpoint[kept])
    if not len(holders):
        return ()
    firsts = np.flatnonzero(np.diff(holders, prepend=NONE))
    visited = np.split(endpoints, firsts[1:])
    return tuple(frozenset(course.endpoints[at] for at in one.tolist()) for one in visited)


def rare_sets(course: Course, kept: Mask, k: int, m: int) -> tuple[Violation, ...]:
    """The minimal combinations of up to m endpoints that fewer than k people share."""
    return violations(endpoint_sets(course, kept), k, m)


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
    found = steps(course, kept)
    rare = zip(found.code.tolist(), found.holders.tolist(), strict=True)
    names, width = course.endpoints, len(course.endpoints)
    return {(names[code // width], names[code % width]): holders for code, holders in rare if holders < k}
