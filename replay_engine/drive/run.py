"""A run: sends each request of a schedule at its deadline, and writes down what became of it.

Open loop: a slow target does not slow the schedule. What the generator itself is late by is measured apart from what
the target takes, and so is what a session's own order holds back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import takewhile
from typing import TYPE_CHECKING

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.drive.burst import LONGEST, Bursts, Ready, reach
from smartsandbox.replay_engine.drive.catch_up import BEHIND, CatchUp
from smartsandbox.replay_engine.drive.client import Connection
from smartsandbox.replay_engine.drive.dialogue import Dialogue, Listener
from smartsandbox.replay_engine.drive.lanes import Lanes, lanes
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending, Outcomes
from smartsandbox.replay_engine.drive.pacing import Schedule, wake_at
from smartsandbox.replay_engine.drive.planned import planned
from smartsandbox.replay_engine.drive.pool import Pool
from smartsandbox.replay_engine.drive.redirects import leads_away
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.drive.websocket.manner import Manner, pace_of
from smartsandbox.replay_engine.drive.whole import Whole
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.websocket.conversations import Conversations

if TYPE_CHECKING:  # it speaks by wsproto, which a pack of plain HTTP does without
    from smartsandbox.replay_engine.drive.websocket.sockets import Sockets

Watch = Callable[[int], None]
"""Told about ten times a second how many requests have ended."""

_BATCH = 64
"""Requests sent in one turn of the loop when several are overdue; answers are read between turns."""
_ARMED = 32
"""Messages that are made before they are due, where gaps are to be exact."""
_SWEEP = 0.1
_OPEN_BEFORE = 1.0
"""Seconds before a given start at which the first connections are opened."""


class Run:
    """One run over one schedule. Use `drive`."""

    def __init__(
        self,
        pack: Pack,
        rows: Rows,
        target: Target,
        options: DriveOptions,
        clock: Clock,
        listener: Listener | None = None,
    ) -> None:
        plan, used = planned(pack, rows, options)
        self.outcomes = Outcomes(plan.rows, plan.due, plan.turns)
        self.interrupted = False
        self._cells = self.outcomes.cells
        self._options, self._clock, self._now = options, clock, clock.now
        self._places, self._due = plan.rows.tolist(), plan.due.tolist()
        self._lanes = lanes(rows, plan.rows, plan.turns) if options.ordered else Lanes.free(len(plan))
        self.dialogue = Dialogue(pack, rows, target, options, self.outcomes, used, listener)
        for before, after in self.dialogue.waits:
            self._lanes.wait(before, after)
        self._shared = options.pacing.shared
        self._armed: dict[int, bytes] = {}
        self._bursts, self._slept = Bursts(clock), False
        self._catch_up, whole = CatchUp(plan.due), Whole()
        self._most, self._needs = options.max_in_flight, self.dialogue.needs
        self._methods = rows.method.codes
        self._heads = {code for code, name in enumerate(rows.method.names) if name == "HEAD"}
        self._authority = target.authority
        self._pool = Pool(target, lambda: Connection(self, clock, whole))
        self._sockets = self._sockets_of(pack, rows, plan, target)
        self._start = 0.0
        self._next = self._ended = 0
        self._in_flight: dict[int, Connection | None] = {}
        """Places taken up, oldest first, with the connection that carries them or None while they wait for one."""
        self._held: set[int] = set()
        """Places that are due and wait for an answer of their session."""
        self._waiting: deque[int] = deque()
        """Places that wait for a connection."""
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def _sockets_of(self, pack: Pack, rows: Rows, plan: Schedule, target: Target) -> Sockets | None:
        """None for a pack of plain HTTP, which costs nothing more then."""
        conversations = Conversations.load(pack)
        if not len(conversations):
            return None
        try:
            from smartsandbox.replay_engine.drive.websocket.sockets import Sockets
        except ImportError as error:
            raise UsageError("the pack holds WebSockets: pip install 'smartsandbox[websocket]'") from error
        manner = Manner(self._clock, pace_of(self._options.pacing, rows, plan), self._options.timeout)
        return Sockets(conversations, target, manner, self._options.run, self.dialogue.message_judge, self)

    async def carry_out(self, watch: Watch, start: float | None = None) -> None:
        """Run to the end, or until `stop`; from `start` on the clock, or at once."""
        if start is not None:
            await self._wait_until(start - _OPEN_BEFORE)
        await self._pool.open_first(min(self._options.connections, len(self._places)))
        if start is not None:
            await self._wait_until(start)
        self._start = self._now() if start is None else start
        self._pump()
        self._sweep(watch)
        self._end_if_complete()
        try:
            await self._done
        finally:
            self._next = len(self._places)
            self._pool.close()
            if self._sockets is not None:
                self._sockets.close()
            watch(self._ended)

    async def _wait_until(self, when: float) -> None:
        """Until then, or until `stop`."""
        sleeping = asyncio.ensure_future(self._clock.sleep_until(when))
        await asyncio.wait({sleeping, self._done}, return_when=asyncio.FIRST_COMPLETED)
        sleeping.cancel()

    def stop(self) -> None:
        """Send nothing more, and end once what is on its way has been answered or has timed out."""
        self.interrupted = True
        self._next = len(self._places)
        self._held.clear()
        if self._sockets is not None:
            self._sockets.stop()
        self._end_if_complete()

    # The schedule

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

    def _send(self, connection: Connection, at: int) -> None:
        message = self._armed.pop(at, None) or self.dialogue.message(at)
        self._in_flight[at] = connection
        self._cells.sent[at] = self._now() - self._start
        connection.send(at, message, head_only=self._head_only(at))

    def _head_only(self, at: int) -> bool:
        """The answer has no body, as it is one to HEAD."""
        return bool(self._heads) and self._methods[self._places[at]] in self._heads

    # From the connections

    def connected(self, connection: Connection) -> None:
        """See client.Owner."""
        self._pool.give(connection, self._now())
        self._serve_waiting()

    def closed(self, connection: Connection) -> None:
        """See client.Owner."""
        self._pool.forget(connection)

    def ended(self, connection: Connection, ending: Ending) -> None:
        """See client.Owner."""
        now = self._now()
        at, connection.at = connection.at, -1
        cells = self._cells
        if ending is Ending.ANSWERED:
            self.dialogue.answered(at, connection)
        else:
            self.dialogue.failed(at, ending)
        cells.status[at] = status = connection.status
        if 300 <= status < 400 and leads_away(connection.headers, self._authority):
            self.outcomes.away[at] = True
        cells.size[at] = connection.size
        if connection.first:
            cells.first[at] = connection.first - self._start
        if connection.keep:
            self._pool.give(connection, now)
        elif connection.open:
            connection.abort()
        self._end(at, ending, now)
        if self._waiting:
            self._serve_waiting()

    # From the sockets: see sockets.Caller

    def calling(self, connection: Connection, at: int) -> None:
        """Send the handshake."""
        assert self._sockets is not None
        self._in_flight[at] = connection
        self._cells.sent[at] = self._now() - self._start
        connection.send(at, self._sockets.handshake(self.dialogue.message(at), at), head_only=False)

    def not_connected(self, at: int) -> None:
        """The handshake found nobody."""
        self.dialogue.failed(at, Ending.CONNECT)
        self._end(at, Ending.CONNECT, self._now())

    def talked(self, at: int, differs: Differs) -> None:
        """Write down in what the messages differ."""
        self._cells.differs[at] |= differs
        self._end_if_complete()

    def _serve_waiting(self) -> None:
        while self._waiting:
            connection = self._pool.take(self._now())
            if connection is None:
                return
            self._send(connection, self._waiting.popleft())

    def _could_not_connect(self) -> None:
        if self._waiting:
            at = self._waiting.popleft()
            self.dialogue.failed(at, Ending.CONNECT)
            self._end(at, Ending.CONNECT, self._now())

    # The end of a request

    def _end(self, at: int, ending: Ending, now: float) -> None:
        self._cells.ending[at] = ending
        self._cells.finished[at] = now - self._start
        del self._in_flight[at]
        self._finish(at)

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

    def _end_if_complete(self) -> None:
        complete = self._ended == len(self._places) or (self.interrupted and not self._in_flight)
        complete = complete and (self._sockets is None or not self._sockets.open)
        if complete and not self._done.done():
            self._done.set_result(None)

    def _sweep(self, watch: Watch) -> None:
        """End what has had no answer for too long, and tell how far it has come."""
        if self._done.done():
            return
        overdue = self._now() - self._start - self._options.timeout
        for at in list(takewhile(lambda place: self._cells.dispatched[place] <= overdue, self._in_flight)):
            self._time_out(at)
        watch(self._ended)
        self._clock.call_at(self._now() + _SWEEP, lambda: self._sweep(watch))

    def _time_out(self, at: int) -> None:
        connection = self._in_flight.get(at)
        if connection is None:
            if self._sockets is None or not self._sockets.give_up(at):
                self._waiting.remove(at)
        else:
            connection.at = -1
            connection.abort()
        self.dialogue.failed(at, Ending.TIMEOUT)
        self._end(at, Ending.TIMEOUT, self._now())


def no_watch(ended: int) -> None:
    """The Watch that looks away."""
