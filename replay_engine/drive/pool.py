"""Connections to one target: kept alive, reused, and opened when every one is busy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from smartsandbox.packs.errors import NotReadyError
from smartsandbox.replay_engine.drive.client import Connection
from smartsandbox.replay_engine.drive.target import Target

_STALE_AFTER = 4.0
"""Seconds after which an idle connection is not trusted: common servers close theirs after five."""


class Pool:
    """Free connections, last used first."""

    def __init__(self, target: Target, make: Callable[[], Connection]) -> None:
        self._target, self._make = target, make
        self._free: list[Connection] = []
        self._opening: set[asyncio.Task[None]] = set()
        self._all: set[Connection] = set()

    def take(self, now: float) -> Connection | None:
        """A free connection, or None."""
        while self._free:
            connection = self._free.pop()
            if connection.open and now - connection.free_since < _STALE_AFTER:
                return connection
            if connection.open:
                connection.abort()
        return None

    def give(self, connection: Connection, now: float) -> None:
        """Take a connection back, free since `now`."""
        self._all.add(connection)
        connection.free_since = now
        self._free.append(connection)

    async def open_first(self, count: int) -> None:
        """Open some before there is work for them. One that fails will be tried again when it is needed."""
        opening = (connect(self._target, self._make) for _ in range(count))
        await asyncio.gather(*opening, return_exceptions=True)

    def open_one(self, failed: Callable[[], None]) -> None:
        """Begin to open one; it reports to its owner, or `failed` is called."""
        task = asyncio.get_running_loop().create_task(self._open(failed))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, failed: Callable[[], None]) -> None:
        try:
            await connect(self._target, self._make)
        except OSError:
            failed()

    def close(self) -> None:
        """Abort every connection."""
        for task in tuple(self._opening):
            task.cancel()
        for connection in tuple(self._all):
            if connection.open:
                connection.abort()

    def forget(self, connection: Connection) -> None:
        """It has closed."""
        self._all.discard(connection)


async def connect(target: Target, make: Callable[[], Any]) -> None:
    """Open one connection to the address that was checked. Raises OSError (ssl.SSLError is one)."""
    loop = asyncio.get_running_loop()
    name = target.host if target.tls else None
    await loop.create_connection(make, target.address, target.port, ssl=target.tls, server_hostname=name)


async def require_ready(target: Target, timeout: float) -> None:
    """Raises NotReadyError unless the target takes a connection within `timeout` seconds."""
    opened: list[asyncio.Transport] = []

    class Knock(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            opened.append(transport)

    try:
        await asyncio.wait_for(connect(target, Knock), timeout)
    except (OSError, TimeoutError) as error:
        reason = "no answer" if isinstance(error, TimeoutError) else type(error).__name__
        raise NotReadyError(f"target {target.url} does not take connections ({reason}): start it first") from error
    for transport in opened:
        transport.abort()
