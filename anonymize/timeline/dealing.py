"""The recorded instants are dealt to exchanges in the order of their new, virtual times.

This is list scheduling: every instant goes to the exchange with the least virtual time among those that may go by then.
An exchange may go when the one before it in its session went, its answer is there if it was waited for, and its cause
went. Every instant is used once, so how many arrive when is what was recorded. An instant at which the service failed
goes to a failed exchange if one is about due, and the others to the others, so failures come in the recorded bursts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from smartsandbox.anonymize.timeline.course import NONE, Ints

ABOUT_DUE_US = 1_000_000
"""How much earlier or later than its turn an exchange may go to keep failures together."""

_Due = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wait:
    """For each row the row that must go before (NONE: none), and the least microseconds after it."""

    before: Ints
    least_us: Ints


@dataclass(frozen=True, slots=True)
class Dealt:
    """The new instant of each row. `early` counts rows that had to go before their answer was there: at the end of a
    capture, where no other exchange was left for an instant.
    """

    started_us: Ints
    early: int


def deal(
    instants_us: Ints,
    wrong: Ints,
    virtual_us: Ints,
    waits: tuple[Wait, ...],
    about_due_us: int = ABOUT_DUE_US,
    earliest_us: Ints | None = None,
) -> Dealt:
    """Give each instant to one row. `instants_us` ascend; every wait goes from an earlier row to a later one.

    `wrong` is 1 for rows that failed, and says the same of the instants as they were recorded. `earliest_us` is when a
    row may go at the earliest, if it does not wait for others.
    """
    earliest = np.zeros(len(instants_us), np.int64) if earliest_us is None else earliest_us
    return _Dealer(instants_us, wrong, virtual_us, waits, about_due_us, earliest).run()


class _Dealer:
    """A row is blocked until all that it waits for went, then waiting for its time, then ready. Plain loops over
    buffers: nothing here can be done a column at once.
    """

    def __init__(
        self,
        instants_us: Ints,
        wrong: Ints,
        virtual_us: Ints,
        waits: tuple[Wait, ...],
        about_due_us: int,
        earliest_us: Ints,
    ) -> None:
        rows = len(instants_us)
        self._about_due = about_due_us
        self._instants, self._wrong, self._virtual = instants_us.data, wrong.data, virtual_us.data
        self._blocks = np.sum([wait.before != NONE for wait in waits], axis=0, dtype=np.int8).data
        self._after = [_followers(wait, rows) for wait in waits]
        self._least = [wait.least_us.data for wait in waits]
        self._may = earliest_us.copy().data
        self._given = np.zeros(rows, np.int64)
        self._waiting: list[tuple[int, int]] = []
        self._ready: tuple[list[_Due], list[_Due]] = ([], [])

    def run(self) -> Dealt:
        for row, blocks in enumerate(self._blocks):
            if not blocks and self._may[row]:
                heappush(self._waiting, (self._may[row], row))
            elif not blocks:
                self._become_ready(row)
        early, given = 0, self._given.data
        for instant, wrong in zip(self._instants, self._wrong, strict=True):
            while self._waiting and self._waiting[0][0] <= instant:
                self._become_ready(heappop(self._waiting)[1])
            early += not any(self._ready)
            row = self._next(wrong)
            given[row] = instant
            self._release(row, instant)
        return Dealt(self._given, early)

    def _become_ready(self, row: int) -> None:
        heappush(self._ready[self._wrong[row]], (self._virtual[row], row))

    def _next(self, wrong: int) -> int:
        alike, others = self._ready[wrong], self._ready[1 - wrong]
        if alike and (not others or alike[0][0] <= others[0][0] + self._about_due):
            return heappop(alike)[1]
        return heappop(others if others else self._waiting)[1]

    def _release(self, row: int, instant: int) -> None:
        for after, least in zip(self._after, self._least, strict=True):
            for follower in after(row):
                self._may[follower] = max(self._may[follower], instant + least[follower])
                self._blocks[follower] -= 1
                if not self._blocks[follower]:
                    heappush(self._waiting, (self._may[follower], follower))


def _followers(wait: Wait, rows: int) -> Callable[[int], Iterable[int]]:
    order = np.argsort(wait.before, kind="stable").astype(np.int32)
    many = np.bincount(wait.before - NONE, minlength=rows + 1)
    first = np.cumsum(many, dtype=np.int32)
    places, bounds = order.data, first.data
    return lambda row: places[bounds[row] : bounds[row + 1]]
