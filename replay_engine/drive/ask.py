"""One request and its answer, apart from any schedule."""

from __future__ import annotations

import asyncio

from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.drive.client import Connection
from smartsandbox.replay_engine.drive.outcomes import Ending
from smartsandbox.replay_engine.drive.pool import connect
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.drive.whole import Whole

Asked = tuple[int, list[tuple[bytes, bytes]], bytes]
"""Status, headers, and the body as it came over the wire."""


async def ask(target: Target, message: bytes, clock: Clock) -> Asked:
    """Send one message on a connection of its own. Raises OSError, a ConnectionError where no whole answer came."""
    asking = _Asking(message)
    try:
        await connect(target, lambda: Connection(asking, clock, Whole()))
        return await asking.answer
    finally:
        asking.close()


class _Asking:
    def __init__(self, message: bytes) -> None:
        self._message = message
        self._connection: Connection | None = None
        self.answer: asyncio.Future[Asked] = asyncio.get_running_loop().create_future()

    def connected(self, connection: Connection) -> None:
        """See client.Owner."""
        self._connection = connection
        connection.send(0, self._message, head_only=False)

    def ended(self, connection: Connection, ending: Ending) -> None:
        """See client.Owner."""
        if not self.answer.done():
            if ending is Ending.ANSWERED:
                self.answer.set_result((connection.status, connection.headers, connection.body))
            else:
                self.answer.set_exception(ConnectionError(ending.name.lower()))
        connection.at = -1

    def closed(self, connection: Connection) -> None:
        """See client.Owner."""

    def close(self) -> None:
        """Nothing more is wanted."""
        if self._connection is not None and self._connection.open:
            self._connection.at = -1
            self._connection.abort()
