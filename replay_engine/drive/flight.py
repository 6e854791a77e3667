"""Requests on their way: sent over connections, answered, failed or given up; what became of each is written down.

It does not know when requests are due: see `pump` for that, and `run` for the whole.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from itertools import takewhile
from typing import TYPE_CHECKING

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.drive.client import Connection
from smartsandbox.replay_engine.drive.dialogue import Dialogue, Listener
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending, Outcomes
from smartsandbox.replay_engine.drive.pacing import Schedule
from smartsandbox.replay_engine.drive.planned import planned
from smartsandbox.replay_engine.drive.pool import Pool
from smartsandbox.replay_engine.drive.redirects import leads_away
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.drive.watch import Watch
from smartsandbox.replay_engine.drive.websocket.manner import Manner, pace_of
from smartsandbox.replay_engine.drive.whole import Whole
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.websocket.conversations import Conversations

if TYPE_CHECKING:  # it speaks by wsproto, which a pack of plain HTTP does without
    from smartsandbox.replay_engine.drive.websocket.sockets import Sockets

_SWEEP = 0.1


class Flight(ABC):
    """See the module. Places are those of the schedule; times count from `_start` on the clock."""

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
        self._cells = self.outcomes.cells
        self._options, self._clock, self._now = options, clock, clock.now
        self._places = plan.rows.tolist()
        self.dialogue = Dialogue(pack, rows, target, options, self.outcomes, used, listener)
        self._methods, whole = rows.method.codes, Whole()
        self._heads = {code for code, name in enumerate(rows.method.names) if name == "HEAD"}
        self._authority = target.authority
        self._pool = Pool(target, lambda: Connection(self, clock, whole))
        self._sockets = self._sockets_of(pack, rows, plan, target)
        self._start = 0.0
        self._ended = 0
        self._armed: dict[int, bytes] = {}
        """Messages that are made, by place."""
        self._in_flight: dict[int, Connection | None] = {}
        """Places taken up, oldest first, with the connection that carries them or None while they wait for one."""
        self._waiting: deque[int] = deque()
        """Places that wait for a connection."""
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Has a result once nothing more is to end."""

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

    @abstractmethod
    def _finish(self, at: int) -> None:
        """A request has ended."""

    @abstractmethod
    def _end_if_complete(self) -> None:
        """A request, or what was said on a WebSocket, has ended: it may have been the last."""

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

    def _end(self, at: int, ending: Ending, now: float) -> None:
        self._cells.ending[at] = ending
        self._cells.finished[at] = now - self._start
        del self._in_flight[at]
        self._finish(at)

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
