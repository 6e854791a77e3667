"""A clock for answers: it calls back a little early, so that an answer leaves when it is due and not after that.

Recorded times are those that a client saw. An event loop gets to what happens some time after it happened: ours to the
request and to its alarm, the client's to the answer. How long that takes shows only for alarms, so the others are taken
to be alike. By these three, and by the work of sending, the last answers would have been late.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from statistics import median

from smartsandbox.replay_engine.clock import Call, Callback, Clock

MOST = 0.001
"""Seconds that a callback comes early at most, however late the last ones were."""
_WAKINGS = 3
_REMEMBERED = 33
_EVERY = 8
"""So many answers are waited for before the lead is reckoned again."""


class Lead:
    """Seconds by which to begin early, from how late the last ones were."""

    __slots__ = ("_seen", "_untold", "seconds")

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=_REMEMBERED)
        self._untold = 0
        self.seconds = 0.0

    def learn(self, woken: float, worked: float) -> None:
        """One answer was begun so many seconds after it was to be, and took so many."""
        self._seen.append(_WAKINGS * woken + worked)
        self._untold += 1
        if self._untold == _EVERY:
            self._untold = 0
            self.seconds = min(max(0.0, median(self._seen)), MOST)


class Punctual:
    """Reads `clock`, and calls back by it with a lead."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.now: Callable[[], float] = clock.now
        """See Clock."""
        self.patience: float = clock.patience
        """See Clock."""
        self.lead = Lead()

    def call_at(self, when: float, callback: Callback) -> Call:
        """See Clock, but for the lead."""
        now, lead = self.now, self.lead
        begin = when - lead.seconds
        if begin <= now():
            return self._clock.call_at(begin, callback)

        def run() -> None:
            begun = now()
            callback()
            lead.learn(begun - begin, now() - begun)

        return self._clock.call_at(begin, run)

    async def sleep_until(self, when: float) -> None:
        """See Clock."""
        await self._clock.sleep_until(when)
