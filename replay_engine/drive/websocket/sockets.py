"""The WebSockets of a run: each has a connection of its own, and is talked on when its handshake has been answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from smartsandbox.replay_engine.drive.client import Connection
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending
from smartsandbox.replay_engine.drive.pool import connect
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.drive.websocket.handshake import key_of, offered, proven
from smartsandbox.replay_engine.drive.websocket.judge import MessageJudge
from smartsandbox.replay_engine.drive.websocket.manner import Manner
from smartsandbox.replay_engine.drive.websocket.talk import Talk
from smartsandbox.replay_engine.drive.whole import Whole
from smartsandbox.replay_engine.websocket.conversations import Conversation, Conversations
from smartsandbox.replay_engine.websocket.frames import Extensions


class Caller(Protocol):
    """The run, as far as sockets need it."""

    def calling(self, connection: Connection, at: int) -> None:
        """The connection for a handshake is open; the handshake is to be sent."""
        ...

    def ended(self, connection: Connection, ending: Ending) -> None:
        """See client.Owner."""
        ...

    def not_connected(self, at: int) -> None:
        """There is no connection for a handshake."""
        ...

    def talked(self, at: int, differs: Differs) -> None:
        """A conversation is over."""
        ...


class Sockets:
    """Those of one run, whose name is `run`. `judge` makes the judge of the conversation at a place."""

    def __init__(
        self,
        conversations: Conversations,
        target: Target,
        manner: Manner,
        run: str,
        judge: Callable[[int], MessageJudge],
        caller: Caller,
    ) -> None:
        self._conversations, self._target, self._manner = conversations, target, manner
        self._run, self._judge, self._caller = run, judge, caller
        self._talks: dict[int, Talk] = {}
        self._opening: dict[int, asyncio.Task[None]] = {}
        self._stopped = False

    @property
    def open(self) -> int:
        """How many conversations are held."""
        return len(self._talks)

    def of(self, row: int) -> Conversation | None:
        """What was said on the WebSocket of a row."""
        return self._conversations.of(row)

    def begin(self, at: int, said: Conversation) -> None:
        """Open a connection, and shake hands on it."""
        opening = _Opening(self, at, said)
        self._opening[at] = asyncio.get_running_loop().create_task(self._connect(opening, at))

    def give_up(self, at: int) -> bool:
        """The connection for a handshake has taken too long; False if none is being opened."""
        task = self._opening.pop(at, None)
        if task is not None:
            task.cancel()
        return task is not None

    def stop(self) -> None:
        """End every conversation, and those still to be opened as they begin."""
        self._stopped = True
        for talk in tuple(self._talks.values()):
            talk.stop()

    def close(self) -> None:
        """End all, what is being opened too."""
        for at in tuple(self._opening):
            self.give_up(at)
        self.stop()

    async def _connect(self, opening: _Opening, at: int) -> None:
        try:
            await connect(self._target, lambda: Connection(opening, self._manner.clock, Whole()))
        except OSError:
            self._opening.pop(at, None)
            self._caller.not_connected(at)

    # From the openings

    def connected(self, connection: Connection, at: int) -> None:
        """Say that the handshake may go."""
        if self._opening.pop(at, None) is None:
            connection.abort()
        else:
            self._caller.calling(connection, at)

    def handshake(self, message: bytes, at: int) -> bytes:
        """The request at a place with the offer in it."""
        return offered(message, key_of(self._run, at))

    def answered(self, connection: Connection, at: int, said: Conversation, ending: Ending) -> None:
        """Talk, if the answer opens the connection; whatever it is, the run is told."""
        agreed: Extensions | None = None
        if ending is Ending.ANSWERED and connection.status == 101:
            agreed = proven(connection.headers, key_of(self._run, at))
            ending = Ending.MALFORMED if agreed is None else ending
        connection.keep = False
        if agreed is None:
            self._caller.ended(connection, ending)
            return
        transport, rest = connection.leave()
        judge = self._judge(at)
        talk = self._talks[at] = Talk(said, judge, self._manner, agreed, lambda: self._over(at, judge))
        self._caller.ended(connection, ending)
        transport.set_protocol(talk)
        talk.begin(transport, rest)
        if self._stopped:
            talk.stop()

    def _over(self, at: int, judge: MessageJudge) -> None:
        self._talks.pop(at, None)
        self._caller.talked(at, judge.differs)


class _Opening:
    """The owner of a connection until its handshake has been answered: see client.Owner."""

    def __init__(self, sockets: Sockets, at: int, said: Conversation) -> None:
        self._sockets, self._at, self._said = sockets, at, said

    def connected(self, connection: Connection) -> None:
        self._sockets.connected(connection, self._at)

    def ended(self, connection: Connection, ending: Ending) -> None:
        self._sockets.answered(connection, self._at, self._said, ending)

    def closed(self, connection: Connection) -> None:
        """Nothing depends on it any more."""
