"""Makes what is published of people's endpoints k^m-anonymous by cutting single exchanges of the few who stand out.

Who holds a rare combination loses the exchanges of one of its endpoints, whichever costs least; of a rare step one of
its two exchanges goes. Cutting may make something else rare, so it goes on until nothing is; then every exchange that
was not needed after all is put back. Greedy choices are seldom the best ones, so some more tries weigh them differently
and the one that cuts least is taken. Deterministic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from smartsandbox.anonymize.kanon.footprints import (
    SEQUENCE,
    Mask,
    Steps,
    people_in,
    rare_sets,
    rare_steps,
    step_code,
    steps,
)
from smartsandbox.anonymize.kanon.km import Violation
from smartsandbox.anonymize.kanon.putting_back import put_back
from smartsandbox.anonymize.timeline.course import NONE, Course, Ints
from smartsandbox.packs.errors import NotSafeError

RARE_SET = "cut: rare combination of endpoints"
RARE_STEP = "cut: rare sequence of endpoints"
ORPHAN = "cut: its cause was cut"

TRIES = 16
WORTH_TRYING = 0.25
"""Where a larger share must be cut, no other choice will bring it to anything that a policy allows."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """`kept` has an entry for each exchange in trace order; `reasons` and `endpoints` count those that are cut."""

    kept: Mask
    reasons: dict[str, int]
    endpoints: dict[str, int]

    @property
    def count(self) -> int:
        """How many exchanges are cut."""
        return int((~self.kept).sum())

    @property
    def share(self) -> float:
        """The share of exchanges that are cut."""
        return self.count / max(1, len(self.kept))


def cuts(course: Course, k: int, m: int) -> Cuts:
    """What must go so that k people share every combination of up to m endpoints, and every step if m is 2 or more.

    Nothing goes if m is 0, everything if there are fewer than k people.
    """
    if not m:
        return Cuts(np.ones(course.count, np.bool_), {}, {})
    best = _tried(course, k, m, 0)
    for seed in range(1, TRIES if 0 < best.share <= WORTH_TRYING else 0):
        best = min(best, _tried(course, k, m, seed), key=lambda one: one.count)
    return best


def _tried(course: Course, k: int, m: int, seed: int) -> Cuts:
    cutter = _Cutter(course, k, m, np.random.default_rng(seed) if seed else None)
    while cutter.round():
        pass
    kept = put_back(course, cutter.kept, k, m)
    gone = np.flatnonzero(~kept).tolist()
    return Cuts(
        kept,
        dict(sorted(Counter(cutter.reasons[row] for row in gone).items())),
        dict(sorted(Counter(course.endpoints[course.endpoint[row]] for row in gone).items())),
    )


def affordable_m(course: Course, k: int, limit: float, most: int = 2) -> int:
    """The largest m up to `most` for which no more than the share `limit` of the exchanges must be cut."""
    return next(m for m in range(most, -1, -1) if cuts(course, k, m).share <= limit)


def within_limit(course: Course, k: int, m: int, limit: float) -> Cuts:
    """The cuts, if the limit allows them. Raises NotSafeError with the endpoint to blame and the cheapest way out."""
    found = cuts(course, k, m)
    if found.share <= limit:
        return found
    blamed = max(found.endpoints, key=lambda name: (found.endpoints[name], name))
    raise NotSafeError(
        f"{found.count} of {len(found.kept)} exchanges must be cut so that {k} people share every combination of {m}"
        f" endpoints, over the suppression limit of {limit:g}; most are {blamed} ({found.endpoints[blamed]}): capture"
        f" more people, set m: {affordable_m(course, k, limit, m - 1)}, or set suppression_limit:"
        f" {np.ceil(found.share * 1000) / 1000:g}"
    )


class _Cutter:
    def __init__(self, course: Course, k: int, m: int, rng: np.random.Generator | None) -> None:
        self._rng = rng
        self._course, self._k, self._m = course, k, m
        self._number = {name: at for at, name in enumerate(course.endpoints)}
        self.kept: Mask = np.ones(course.count, np.bool_)
        self.reasons: dict[int, str] = {}

    def round(self) -> bool:
        """Cut what is rare now, steps only when no combination is; True if anything was."""
        before = len(self.reasons)
        if people_in(self._course, self.kept) < self._k:
            self._cut(np.flatnonzero(self.kept).astype(np.int64), RARE_SET)
            return False
        for violation in rare_sets(self._course, self.kept, self._k, self._m):
            self._cut(self._cheapest(violation), RARE_SET)
        if self._m >= SEQUENCE and before == len(self.reasons) and rare_steps(self._course, self.kept, self._k):
            self._cut(self._of_rare_steps(), RARE_STEP)
        if before != len(self.reasons):
            self._cut(self._orphans(), ORPHAN)
        return before != len(self.reasons)

    def _cut(self, rows: Ints, reason: str) -> None:
        self.kept[rows] = False
        self.reasons |= dict.fromkeys(rows.tolist(), reason)

    def _cheapest(self, violation: Violation) -> Ints:
        """The rows to cut for a combination, none if it was resolved with another one of the same round."""
        rows = {name: self._rows(name) for name in violation.items}
        holders = set.intersection(*(set(self._course.holder_of(some).tolist()) for some in rows.values()))
        if not 0 < len(holders) < self._k:
            return np.zeros(0, np.int64)
        chosen = rows[min((self._loss(some, holders), name) for name, some in rows.items())[1]]
        return chosen[np.isin(self._course.holder_of(chosen), list(holders))]

    def _rows(self, endpoint: str) -> Ints:
        return np.flatnonzero((self._course.endpoint == self._number[endpoint]) & self.kept).astype(np.int64)

    def _loss(self, rows: Ints, holders: set[int]) -> float:
        """Exchanges lost if the holders lose these rows, and more where that leaves the endpoint near to rare itself:
        all of its rows if fewer than k others hold it. Up to doubled by chance in further tries.
        """
        left = len(set(self._course.holder_of(rows).tolist()) - holders)
        lost = int(np.isin(self._course.holder_of(rows), list(holders)).sum())
        loss = float(len(rows)) if left < self._k else lost * (1 + self._k / left)
        return loss if self._rng is None else loss * (1 + self._rng.random())

    def _of_rare_steps(self) -> Ints:
        """One exchange of each rare step: the one in more rare steps, then one whose neighbours make a common step
        without it, then the one of the rarer endpoint, then the later one.
        """
        found = steps(self._course, self.kept)
        rare = found.holders < self._k
        pairs = list(zip(found.earlier[rare].tolist(), found.later[rare].tolist(), strict=True))
        times = Counter(row for pair in pairs for row in pair)
        visits = np.bincount(self._course.endpoint[self.kept], minlength=len(self._course.endpoints))
        heals = self._healing(found, frozenset(found.code[~rare].tolist()))
        gone: set[int] = set()
        for pair in pairs:
            if gone.isdisjoint(pair):
                gone.add(max((times[row], heals(row), -visits[self._course.endpoint[row]], row) for row in pair)[3])
        return np.array(sorted(gone), np.int64)

    def _healing(self, found: Steps, common: frozenset[int]) -> Callable[[int], bool]:
        """Says of a row whether the rows before and after it would make a common step, or there is only one."""
        after = np.full(self._course.count, NONE, np.int64)
        before = after.copy()
        after[found.earlier], before[found.later] = found.later, found.earlier

        def heals(row: int) -> bool:
            ends = int(before[row]), int(after[row])
            return NONE in ends or step_code(self._course, *ends) in common

        return heals

    def _orphans(self) -> Ints:
        """Effects whose cause is gone, and theirs; a cause stands before its effect."""
        gone = ~self.kept
        for row in np.flatnonzero(self._course.cause != NONE).tolist():
            gone[row] |= gone[self._course.cause[row]]
        return np.flatnonzero(gone & self.kept).astype(np.int64)
