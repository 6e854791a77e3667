"""Shipped helpers for tests: a pack served in a background thread, and a transport that keeps what is written."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.serve.admin import Admin
from smartsandbox.replay_engine.serve.connection import Connection
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.reload import Load, Tell
from smartsandbox.replay_engine.serve.responder import Responder
from smartsandbox.replay_engine.serve.server import Server, serve_pack
from smartsandbox.replay_engine.serve.service import Service


@contextmanager
def serving(
    pack: Pack, options: ServeOptions | None = None, load: Load | None = None, tell: Tell = lambda _: None
) -> Iterator[Server]:
    """Serve a pack on a free loopback port in a thread of its own, until the block ends. See `Server`."""
    started = threading.Event()
    ends: dict[str, Any] = {}

    async def serve() -> None:
        ends["loop"], ends["stop"] = asyncio.get_running_loop(), asyncio.Event()
        ends["server"] = await serve_pack(pack, options=options, load=load, tell=tell)
        started.set()
        await ends["stop"].wait()
        await ends["server"].stop()

    thread = threading.Thread(target=lambda: run(serve()), daemon=True)
    thread.start()
    if not started.wait(30):
        raise RuntimeError("the server did not start")
    try:
        yield ends["server"]
    finally:
        ends["loop"].call_soon_threadsafe(ends["stop"].set)
        thread.join(30)


class KeptTransport(asyncio.Transport):
    """A transport without a socket: `written` is everything sent, `ended` how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.ended = ""
        self.reading = True
        self.unsent = 0
        """Bytes that the client has not taken yet."""
        self.protocol = asyncio.Protocol()
        """Whom the bytes are for."""

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Give the bytes to another."""
        self.protocol = cast("asyncio.Protocol", protocol)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep, unless the connection is over."""
        if not self.ended:
            self.written += bytes(data)

    def can_write_eof(self) -> bool:
        """As TCP can."""
        return True

    def write_eof(self) -> None:
        """Half-closed."""
        self.ended = self.ended or "eof"

    def close(self) -> None:
        """Closed in the ordinary way."""
        self.ended = self.ended or "close"

    def abort(self) -> None:
        """Broken off."""
        self.ended = self.ended or "abort"

    def is_closing(self) -> bool:
        """True once it has ended."""
        return bool(self.ended)

    def get_write_buffer_size(self) -> int:
        """As the test says."""
        return self.unsent

    def pause_reading(self) -> None:
        """No more bytes are wanted."""
        self.reading = False

    def resume_reading(self) -> None:
        """Bytes are wanted again."""
        self.reading = True


class Exchanger:
    """A pack behind connections without sockets, on a clock of the test's choosing."""

    def __init__(self, pack: Pack, clock: Clock, options: ServeOptions | None = None) -> None:
        chosen = options or ServeOptions()
        responder = Responder(pack, chosen)
        admin = Admin(pack.manifest, responder, lambda: len(self.service.connections))
        self.service = Service(responder, admin, chosen.limits, clock)

    def connect(self) -> tuple[Connection, KeptTransport]:
        """A new connection and what it writes to."""
        connection, transport = Connection(self.service), KeptTransport()
        transport.set_protocol(connection)
        connection.connection_made(transport)
        return connection, transport

    def ask(self, *pieces: bytes) -> bytes:
        """Everything that a new connection writes when it receives these bytes."""
        connection, transport = self.connect()
        for piece in pieces:
            connection.data_received(piece)
        return transport.written
