"""When requests go out: each at its deadline, or once the answers that it waits for have come.

Open loop: a slow target does not slow the schedule. What the generator itself is late by is measured apart from what
the target takes, and so is what a session's own order holds back.
"""

from __future__ import annotations

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.drive.burst import LONGEST, Bursts, Ready, reach
from smartsandbox.replay_engine.drive.catch_up import BEHIND, CatchUp
from smartsandbox.replay_engine.drive.dialogue import Listener
from smartsandbox.replay_engine.drive.flight import Flight
from smartsandbox.replay_engine.drive.lanes import Lanes, lanes
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Ending
from smartsandbox.replay_engine.drive.pacing import wake_at
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.rows import Rows

_BATCH = 64
"""Requests sent in one turn of the loop when several are overdue; answers are read between turns."""
_ARMED = 32
"""Messages that are made before they are due, where gaps are to be exact."""


class Pump(Flight):
    """See the module."""

    def __init__(
        self,
        pack: Pack,
        rows: Rows,
        target: Target,
        options: DriveOptions,
        clock: Clock,
        listener: Listener | None = None,
    ) -> None:
        super().__init__(pack, rows, target, options, clock, listener)
        plan = self.outcomes
        self._due = plan.due.tolist()
        self._lanes = lanes(rows, plan.rows, plan.turns) if options.ordered else Lanes.free(len(plan))
        for before, after in self.dialogue.waits:
            self._lanes.wait(before, after)
        self._shared = options.pacing.shared
        self._bursts, self._slept = Bursts(clock), False
        self._catch_up = CatchUp(plan.due)
        self._most, self._needs = options.max_in_flight, self.dialogue.needs
        self.interrupted = False
        """It was stopped before its end."""
        self._next = 0
        self._held: set[int] = set()
        """Places that are due and wait for an answer of their session."""

    def _pump(self) -> None:
        """Take up what is due, then sleep to the next deadline."""
        due, waits, count = self._due, self._lanes.waits, len(self._due)
        last = min(count, self._next + _BATCH)
        now = self._now() - self._start
        lead = 0.0 if self._shared else self._bursts.lead
        lingers, woken = now + LONGEST, self._slept
        self._slept = False
        while self._next < last and (planned := due[self._next]) <= (now + lead if now < lingers else now):
            if now - planned > BEHIND and (until := self._catch_up.wait(now)):
                self._clock.call_at(self._start + until, self._pump)
                return
            if self._armed and self._send_burst(last, lead, woken):
                now, woken = self._now() - self._start, False
                continue
            if planned > now:
                break
            at = self._next
            self._next += 1
            if waits[at]:
                self._held.add(at)
            elif not self._take_up(at, planned):
                self._finish(at)
        if not self._shared:
            self._arm()
        if self._next < last:
            self._sleep(self._start + wake_at(due, self._next, self._shared))
        elif last < count:
            self._sleep(self._start + due[last])

    def _sleep(self, until: float) -> None:
        """Pump again when that comes near, after a turn of the loop."""
        begin = until if self._shared else until - self._bursts.lead
        now = self._now()
        self._slept = begin > now
        self._clock.call_at(max(begin, now), self._pump)

    def _arm(self) -> None:
        """Make the messages that are due next, so that nothing but sending is left to do then."""
        if self._sockets is not None:
            return
        armed, waits, settled = self._armed, self._lanes.waits, self.dialogue.settled
        for at in range(self._next, min(self._next + _ARMED, len(self._due))):
            if not waits[at] and at not in armed and settled(at):
                armed[at] = self.dialogue.message(at)

    def _send_burst(self, last: int, gap: float, woken: bool) -> bool:
        """Send what is armed and due next, with what follows it closely. False if nothing can be sent so."""
        now, ready = self._now(), list[Ready]()
        free = self._most - len(self._in_flight)
        for at in range(self._next, min(reach(self._due, self._next, last, gap), self._next + free)):
            message = self._armed.get(at)
            connection = None if message is None else self._pool.take(now)
            if message is None or connection is None:
                break
            ready.append(Ready(at, self._start + self._due[at], message, connection, self._head_only(at)))
        if not ready:
            return False
        cells, start = self._cells, self._start
        for one, begun in zip(ready, self._bursts.send(ready, woken), strict=True):
            at = one.at
            del self._armed[at]
            self._in_flight[at] = one.connection
            cells.dispatched[at] = cells.sent[at] = begun - start
            cells.lateness[at] = max(0.0, begun - one.when)
        self._next += len(ready)
        return True

    def _take_up(self, at: int, ready: float | None = None) -> bool:
        """Begin the request at a place that could have begun at `ready`, or just now. False if it is not sent."""
        now = self._now() - self._start
        cells = self._cells
        cells.dispatched[at] = now
        cells.lateness[at] = 0.0 if ready is None else now - ready
        if len(self._in_flight) >= self._most:
            self._armed.pop(at, None)
            cells.ending[at] = Ending.SHED
            return False
        if at in self._needs and self.dialogue.withheld(at):
            cells.ending[at] = Ending.WITHHELD
            return False
        if self._sockets is not None and (said := self._sockets.of(self._places[at])) is not None:
            self._in_flight[at] = None
            self._sockets.begin(at, said)
            return True
        connection = self._pool.take(now + self._start)
        if connection is not None:
            self._send(connection, at)
        else:
            self._in_flight[at] = None
            self._waiting.append(at)
            self._pool.open_one(self._could_not_connect)
        return True

    def _finish(self, at: int) -> None:
        """Count it, and let go of what waited for it. Not by recursion: a shed request lets go of the next."""
        self._ended += 1
        followers = self._lanes.followers
        if at in followers:
            ended = [at]
            while ended:
                for follower in followers.get(ended.pop(), ()):
                    if self._let_go(follower) and not self._take_up(follower):
                        self._ended += 1
                        ended.append(follower)
        if self._ended == len(self._places) or self.interrupted:
            self._end_if_complete()

    def _let_go(self, place: int) -> bool:
        """One answer less to wait for; True if the place was due and is now free."""
        waits = self._lanes.waits
        waits[place] -= 1
        if waits[place] or place not in self._held:
            return False
        self._held.discard(place)
        return True
