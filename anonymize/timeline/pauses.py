"""Pauses are drawn anew: each takes the place of another one of its pool, and a pool is held by at least k people.

A pool is a transition from one endpoint to the next; where too few make it, pauses of about the same length, whatever
they lie between. What is dealt is the time beyond the previous answer, so that nobody goes on before having it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.timeline.course import NONE, Course, Ints
from smartsandbox.anonymize.timeline.draws import shuffled_within
from smartsandbox.anonymize.timeline.pairs import distinct_pairs

_STEPS_AN_OCTAVE = 0.5
"""Lengths within a factor of four are about the same."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """By exchange that follows another: its row, the row before, the least time between (the answer, if it was waited
    for) and what passes beyond.
    """

    rows: Ints
    before: Ints
    least_us: Ints
    beyond_us: Ints


def pauses_of(course: Course, before: Ints, start: int = 0) -> Pauses:
    """Every pause as recorded, after the row that `before` names for each row from `start` on; rows with NONE have no
    pause.
    """
    waiting = np.flatnonzero(before != NONE).astype(np.int64)
    rows, earlier = waiting + start, before[waiting]
    apart = course.started_us[rows] - course.started_us[earlier]
    answer = course.total_us[earlier]
    waited = (answer != NONE) & (apart >= answer)
    least = np.where(waited, answer, 0)
    return Pauses(rows, earlier, least, apart - least)


def redrawn(pauses: Pauses, course: Course, k: int, key: RunKey, purpose: str) -> Ints:
    """What passes beyond the least time, dealt anew inside each pool."""
    return pauses.beyond_us[shuffled_within(key, purpose, pools(pauses, course, k))]


def pools(pauses: Pauses, course: Course, k: int) -> Ints:
    """The pool of each pause, as numbers. Each is held by at least k holders, if there are so many at all."""
    holder = course.holder_of(pauses.rows)
    names = len(course.endpoints) + 1
    step = course.endpoint[pauses.before] * names
    step += course.endpoint[pauses.rows]
    step *= 2
    step += pauses.least_us > 0
    return pooled(step, pauses.beyond_us, holder, k)


def pooled(step: Ints, length_us: Ints, holder: Ints, k: int) -> Ints:
    """A number for each step, the same for steps of one kind; where fewer than k make one, for those of like length."""
    numbers = np.searchsorted(np.unique(step), step)
    coarse = held_by(numbers, holder)[numbers] < k
    numbers[coarse] = numbers.max(initial=0) + 1 + _by_length(length_us[coarse], holder[coarse], k)
    return numbers


def held_by(numbers: Ints, holder: Ints) -> Ints:
    """How many different holders each number has."""
    held = distinct_pairs(numbers, holder)[0]
    found: Ints = np.bincount(held, minlength=int(numbers.max(initial=-1)) + 1).astype(np.int64)
    return found


def _by_length(beyond_us: Ints, holder: Ints, k: int) -> Ints:
    """Bins of like length, joined from the shortest on until each has k holders; what is left joins the last."""
    bins = np.floor(np.log2(beyond_us + 1.0) * _STEPS_AN_OCTAVE).astype(np.int64)
    joined = np.zeros(len(bins), np.int64)
    number = 0
    waiting: set[int] = set()
    for length in np.unique(bins).tolist():
        inside = bins == length
        joined[inside] = number
        waiting |= set(holder[inside].tolist())
        if len(waiting) >= k:
            number, waiting = number + 1, set()
    return np.minimum(joined, max(0, number - 1))
