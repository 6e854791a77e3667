"""Puts exchanges back that were cut for nothing: greedy cutting resolves one rarity and finds later that another cut
had resolved it too. What comes back makes nothing rare.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np

from smartsandbox.anonymize.kanon.footprints import SEQUENCE, Mask, step_code, steps
from smartsandbox.anonymize.timeline.course import NONE, Course


def put_back(course: Course, kept: Mask, k: int, m: int) -> Mask:
    """`kept` with every row that can come back alone, tried in trace order until none can."""
    if kept.all():
        return kept
    sets, sequences = _Sets(course, kept, k, m), _Sequences(course, kept, k)
    found = kept.copy()
    while True:
        back = 0
        for row in np.flatnonzero(~found).tolist():
            orphaned = course.cause[row] != NONE and not found[course.cause[row]]
            if orphaned or not sets.allow(row) or (m >= SEQUENCE and not sequences.allow(row, found)):
                continue
            sets.add(row)
            sequences.add(row, found)
            found[row] = True
            back += 1
        if not back:
            return found


class _Sets:
    """Who visits what. Supports are counted when first asked for and kept up to date; they only grow."""

    def __init__(self, course: Course, kept: Mask, k: int, m: int) -> None:
        self._endpoint, self._holder, self._k, self._m = course.endpoint, course.holder, k, m
        self._visits = np.zeros((len(course.endpoints), len(course.holders)), np.bool_)
        self._visits[course.endpoint[kept], self._holder[kept]] = True
        self._supports: dict[tuple[int, ...], int] = {}

    def allow(self, row: int) -> bool:
        """True if k people share every combination that the row would complete."""
        if self._visits[self._endpoint[row], self._holder[row]]:
            return True
        return all(self._support(items) + 1 >= self._k for items in self._completed(row))

    def add(self, row: int) -> None:
        """The row is back."""
        if self._visits[self._endpoint[row], self._holder[row]]:
            return
        for items in self._completed(row):
            self._supports[items] = self._support(items) + 1
        self._visits[self._endpoint[row], self._holder[row]] = True

    def _completed(self, row: int) -> list[tuple[int, ...]]:
        endpoint = int(self._endpoint[row])
        others = np.flatnonzero(self._visits[:, self._holder[row]]).tolist()
        return [tuple(sorted((endpoint, *some))) for size in range(self._m) for some in combinations(others, size)]

    def _support(self, items: tuple[int, ...]) -> int:
        if items not in self._supports:
            self._supports[items] = int(np.logical_and.reduce(self._visits[list(items)]).sum())
        return self._supports[items]


class _Sequences:
    """Who makes which step. Steps that stay common whatever comes back are not counted."""

    def __init__(self, course: Course, kept: Mask, k: int) -> None:
        self._course, self._k = course, k
        self._holder = course.holder
        order = np.argsort(course.session, kind="stable")
        self._order, self._place = order, np.argsort(order)
        found = steps(course, kept)
        few = found.holders < k + int((~kept).sum())
        self._common = frozenset(found.code[~few].tolist())
        self._makers: dict[int, Counter[int]] = {}
        for code, row in zip(found.code[few].tolist(), found.later[few].tolist(), strict=True):
            self._makers.setdefault(code, Counter())[int(self._holder[row])] += 1

    def allow(self, row: int, kept: Mask) -> bool:
        """True if the steps to and from the row are common with it, and the step that it parts is not left rare."""
        before, after = self._neighbours(row, kept)
        holder = int(self._holder[row])
        for one, other in ((before, row), (row, after)):
            if NONE not in (one, other) and not self._is_common(one, other, holder):
                return False
        if NONE in (before, after):
            return True
        parted = step_code(self._course, before, after)
        made = (step_code(self._course, before, row), step_code(self._course, row, after))
        return parted in made or self._may_lose(parted, holder)

    def add(self, row: int, kept: Mask) -> None:
        """The row is back."""
        before, after = self._neighbours(row, kept)
        holder = int(self._holder[row])
        for one, other, change in ((before, row, 1), (row, after, 1), (before, after, -1)):
            code = NONE if NONE in (one, other) else step_code(self._course, one, other)
            if code != NONE and code not in self._common:
                makers = self._makers.setdefault(code, Counter())
                makers[holder] += change
                if not makers[holder]:
                    del makers[holder]

    def _is_common(self, one: int, other: int, holder: int) -> bool:
        code = step_code(self._course, one, other)
        makers = self._makers.get(code, Counter())
        return code in self._common or len(makers) + (holder not in makers) >= self._k

    def _may_lose(self, code: int, holder: int) -> bool:
        makers = self._makers.get(code, Counter())
        return code in self._common or makers[holder] > 1 or len(makers) > self._k or len(makers) == 1

    def _neighbours(self, row: int, kept: Mask) -> tuple[int, int]:
        """The kept rows before and after in the same session, or NONE."""
        return self._nearest(row, kept, -1), self._nearest(row, kept, 1)

    def _nearest(self, row: int, kept: Mask, step: int) -> int:
        at = int(self._place[row]) + step
        while 0 <= at < len(self._order) and self._course.session[self._order[at]] == self._course.session[row]:
            if kept[self._order[at]]:
                return int(self._order[at])
            at += step
        return NONE
