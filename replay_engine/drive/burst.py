"""Requests that are due one right after another, made ready before, so that between two of them only the clock and a
socket are touched. Answers are read after the last one.

To be ready in time, a burst is begun early by what waking and making ready takes at most times; what is left of that is
waited for by reading the clock. That costs as much as sending, so of all time only a small share may go that way: where
requests are many, a burst is begun less early, and is late by what waking takes longer at times.

The first send after a sleep takes longer than those that follow it at once, as nothing is in the processor's caches
then, so it begins earlier by the difference: what is exact is when a request has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.drive.client import Connection
from smartsandbox.replay_engine.quantile import Quantile

LONGEST = 0.0005
"""Seconds from the first request of a burst to its last."""
AWAKE = 0.01
"""The share of the time that may be waited for by reading the clock."""
_SAVED = 0.005
"""Seconds of it that may be saved up while nothing is sent."""
_MOST_AHEAD = 0.0001
_STEP = 0.5e-6


class Ready(NamedTuple):
    """One request: its place in the schedule, when it is due on the clock, and what is sent where."""

    at: int
    when: float
    message: bytes
    connection: Connection
    head_only: bool


def reach(due: Sequence[float], place: int, end: int, gap: float) -> int:
    """The place after the last of those that follow `place` with no gap of over `gap` seconds, within LONGEST."""
    latest, before = due[place] + LONGEST, due[place]
    while place < end and due[place] <= latest and due[place] - before <= gap:
        before = due[place]
        place += 1
    return place


class Bursts:
    """Sends bursts by a clock, and learns how early to begin them: never earlier than the clock's patience."""

    __slots__ = ("_ahead", "_allowed", "_before", "_first", "_late", "_now", "_other")

    def __init__(self, clock: Clock) -> None:
        most = min(_MOST_AHEAD, clock.patience)
        self._now, self._ahead = clock.now, 0.0
        self._allowed, self._before = 0.0, clock.now()
        self._late = Quantile(0.9, clock.patience, _STEP)
        self._first, self._other = Quantile(0.5, most, _STEP), Quantile(0.5, most, _STEP)

    @property
    def lead(self) -> float:
        """Seconds before a request is due at which to wake for it."""
        return self._late.value + self._ahead

    def send(self, requests: Sequence[Ready], woken: bool) -> list[float]:
        """Send each when it is due; the instants at which each began to be sent.

        `woken` says that the processor slept, and was to wake `lead` seconds before the first is due.
        """
        begun, now = [], self._now
        ahead = self._ahead if woken else 0.0
        ready = moment = now()
        awake = max(0.0, requests[0].when - ahead - ready)
        for at, when, message, connection, head_only in requests:
            while moment < when - ahead:
                moment = now()
            begun.append(moment)
            connection.send(at, message, head_only=head_only)
            before, ahead, moment = moment, 0.0, now()
            if woken and len(begun) == 1:
                self._first.learn(moment - before)
        if len(begun) > 1:
            self._other.learn(moment - before)
        if woken:
            if self._may_wait(ready, awake):
                self._late.learn(ready - (requests[0].when - self.lead))
            else:
                self._late.lower()
            self._ahead = max(0.0, self._first.value - self._other.value)
        return begun

    def _may_wait(self, now: float, awake: float) -> bool:
        """Whether the time that was waited for just now, and all before, is within what is allowed."""
        self._allowed = min(_SAVED, self._allowed + AWAKE * (now - self._before)) - awake
        self._before = now
        return self._allowed >= 0
