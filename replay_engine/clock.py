"""Time as a parameter. This is the only file of the house that reads a clock or waits.

Times are seconds of a monotonic clock as floats. `RealClock` wakes within tens of microseconds where the kernel has
timerfd; `VirtualClock` moves only when a test says so, and then runs what is due in order.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from smartsandbox.replay_engine.timer import Alarm

Callback = Callable[[], None]


def utc_now() -> datetime:
    """The time of day in UTC, for records that name it. Durations are taken from a Clock, which never jumps."""
    return datetime.now(UTC)


class Call:
    """A callback that will run once at `when`, unless cancelled."""

    __slots__ = ("callback", "sequence", "when")

    def __init__(self, when: float, sequence: int, callback: Callback) -> None:
        self.when, self.sequence = when, sequence
        self.callback: Callback | None = callback

    def cancel(self) -> None:
        """Forget the callback. Cancelling twice, or after it ran, does nothing."""
        self.callback = None

    def __lt__(self, other: Call) -> bool:
        return (self.when, self.sequence) < (other.when, other.sequence)


class Agenda:
    """Calls in order of their time, and of their making where times are equal."""

    __slots__ = ("_calls", "_made")

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._made = 0

    def add(self, when: float, callback: Callback) -> Call:
        """Enter a callback."""
        self._made += 1
        call = Call(when, self._made, callback)
        heapq.heappush(self._calls, call)
        return call

    def next_time(self) -> float | None:
        """When the first call that was not cancelled is due."""
        while self._calls and self._calls[0].callback is None:
            heapq.heappop(self._calls)
        return self._calls[0].when if self._calls else None

    def run_due(self, now: float) -> None:
        """Run every call whose time has come, also those that these add."""
        while True:
            due = self.next_time()
            if due is None or due > now:
                return
            call = heapq.heappop(self._calls)
            callback, call.callback = call.callback, None
            if callback is not None:
                callback()


class Clock(Protocol):
    """Reads time and calls back."""

    @property
    def patience(self) -> float:
        """Seconds for which it may be read again and again instead of sleeping; 0 for one that waits to be moved."""
        ...

    def now(self) -> float:
        """Monotonic seconds; the zero means nothing."""
        ...

    def call_at(self, when: float, callback: Callback) -> Call:
        """Run `callback` once when `now()` has reached `when`; at the next turn if it has already."""
        ...

    async def sleep_until(self, when: float) -> None:
        """Return once `now()` has reached `when`."""
        ...


class RealClock:
    """The machine's monotonic clock, on the event loop that runs when `call_at` is first used."""

    def __init__(self) -> None:
        self._agenda = Agenda()
        self._alarm: Alarm | None = None
        self._armed: float | None = None

    now = staticmethod(time.monotonic)
    patience = 0.0002
    """See Clock. What wakes later was held up by other work, which nothing here mends."""

    def call_at(self, when: float, callback: Callback) -> Call:
        """See Clock."""
        call = self._agenda.add(when, callback)
        if self._armed is None or when < self._armed:
            self._arm(when)
        return call

    async def sleep_until(self, when: float) -> None:
        """See Clock."""
        done = asyncio.get_running_loop().create_future()
        call = self.call_at(when, lambda: None if done.done() else done.set_result(None))
        try:
            await done
        finally:
            call.cancel()

    def close(self) -> None:
        """Give the timer back; calls still open never run."""
        if self._alarm is not None:
            self._alarm.close()
            self._alarm = None

    def _arm(self, when: float) -> None:
        if self._alarm is None:
            self._alarm = Alarm(asyncio.get_running_loop(), self._ring, time.monotonic)
        self._armed = when
        self._alarm.set(when)

    def _ring(self) -> None:
        self._armed = -math.inf  # what the callbacks add is armed once, after them all
        try:
            self._agenda.run_due(time.monotonic())
        finally:
            self._armed, due = None, self._agenda.next_time()
            if due is not None:
                self._arm(due)


class VirtualClock:
    """A clock for tests: `advance` moves it and runs what falls due on the way, at its own time."""

    patience = 0.0
    """See Clock."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._agenda = Agenda()

    def now(self) -> float:
        """See Clock."""
        return self._now

    def call_at(self, when: float, callback: Callback) -> Call:
        """See Clock."""
        return self._agenda.add(when, callback)

    async def sleep_until(self, when: float) -> None:
        """Returns once another task has advanced the clock that far."""
        done = asyncio.get_running_loop().create_future()
        self.call_at(when, lambda: None if done.done() else done.set_result(None))
        await done

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`."""
        end = self._now + seconds
        while (due := self._agenda.next_time()) is not None and due <= end:
            self._now = max(self._now, due)
            self._agenda.run_due(self._now)
        self._now = end
