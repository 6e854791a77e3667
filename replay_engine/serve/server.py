"""The life of a server: bind, tell the port, serve, and on a signal finish what is on its way and stop."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smartsandbox.packs.errors import SandboxError, UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import Call, RealClock
from smartsandbox.replay_engine.loop import raise_descriptor_limit, run, settle_memory, steady_memory
from smartsandbox.replay_engine.priority import realtime
from smartsandbox.replay_engine.serve.admin import Admin
from smartsandbox.replay_engine.serve.connection import Connection
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.punctual import Punctual
from smartsandbox.replay_engine.serve.reload import Load, Reloader, Seen, Tell, watch
from smartsandbox.replay_engine.serve.responder import Responder
from smartsandbox.replay_engine.serve.service import Service

LOOPBACK = "127.0.0.1"

Ready = Callable[[Pack, str], None]
"""Told what is served, and at which address, once the port is bound."""


class Server:
    """A pack being served. Made by `serve_pack`. It can be reloaded if it is given how to `load`; `tell` gets what
    came of that, in one line."""

    def __init__(
        self,
        pack: Pack,
        host: str,
        options: ServeOptions,
        load: Load | None = None,
        tell: Tell = lambda _: None,
        responder: Responder | None = None,
    ) -> None:
        self.pack, self.host = pack, host
        self._clock = RealClock()
        self.responder = responder or Responder(pack, options)
        self.reloader = Reloader(pack, load, options, self._install, tell) if load else None
        self.service = Service(self.responder, self._admin(), options.limits, Punctual(self._clock))
        self._tls, self._tell = options.tls, tell
        self._server: asyncio.Server | None = None
        self._tick: Call | None = None

    @property
    def port(self) -> int:
        """The port it is bound to."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """Where it answers."""
        return url_of(self.host, self.port, self._tls is not None)

    def _admin(self) -> Admin:
        return Admin(self.pack.manifest, self.responder, lambda: len(self.service.connections), self.reloader)

    def _install(self, pack: Pack, responder: Responder) -> None:
        """Requests are answered from another pack from here on. What was set for the whole server stays set."""
        responder.steps.inherit(self.responder.steps)
        self.pack, self.responder = pack, responder
        self.service.install(responder, self._admin())
        settle_memory()

    async def start(self, port: int = 0, listening: socket.socket | None = None) -> None:
        """Bind, if there is no socket that listens already; port 0 takes a free one. Raises UsageError where the
        address cannot be had."""
        loop = asyncio.get_running_loop()
        place = {"host": self.host, "port": port} if listening is None else {"sock": listening}
        try:
            self._server = await loop.create_server(
                lambda: Connection(self.service), **place, backlog=1024, **self._secured()
            )
        except OSError as error:
            raise bind_error(self.host, port, error) from error
        if self.responder.events is not None:
            self.responder.events.begin(self._clock)
        self._beat()

    def _secured(self) -> dict[str, Any]:
        """The event loop's settings for TLS. Raises UsageError for files that cannot be used."""
        if self._tls is None:
            return {}
        limit = self.service.limits.request_seconds
        return {"ssl": self._tls.context(), "ssl_handshake_timeout": limit, "ssl_shutdown_timeout": limit}

    async def stop(self) -> None:
        """Take no more connections, finish the answers that are on their way within the drain limit, and close. Events
        that were not sent are told of."""
        assert self._server is not None
        self.service.draining = True
        self._server.close()
        for connection in tuple(self.service.connections):
            connection.drain()
        await self._drained(self._clock.now() + self.service.limits.drain_seconds)
        if self._tick is not None:
            self._tick.cancel()
        for connection in tuple(self.service.connections):
            connection.reset()
        await self._server.wait_closed()
        if self.responder.events is not None:
            for line in self.responder.events.close():
                self._tell(line)
        self._clock.close()

    async def _drained(self, until: float) -> None:
        while self.service.connections and self._clock.now() < until:
            await self._clock.sleep_until(self._clock.now() + 0.02)

    def _beat(self) -> None:
        """Count the second and look for connections that have been silent for too long."""
        self.service.second += 1
        for connection in tuple(self.service.connections):
            connection.expire()
        if self.service.each_second is not None:
            self.service.each_second()
        self._tick = self._clock.call_at(self._clock.now() + 1.0, self._beat)


def url_of(host: str, port: int, tls: bool) -> str:
    """The address of a server."""
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


def bind_error(host: str, port: int, error: OSError) -> SandboxError:
    """What to say where an address cannot be bound."""
    if error.errno == errno.EADDRINUSE:
        return UsageError(f"port {port} of {host} is in use: choose another --port, or 0 for a free one")
    if error.errno == errno.EACCES:
        return UsageError(f"port {port} of {host} is not allowed to this user: choose a --port above 1023")
    return UsageError(f"{host}:{port} cannot be bound ({error.strerror or type(error).__name__}): check --host")


async def serve_pack(
    pack: Pack,
    host: str = LOOPBACK,
    port: int = 0,
    options: ServeOptions | None = None,
    load: Load | None = None,
    tell: Tell = lambda _: None,
) -> Server:
    """Load a pack and serve it on the running loop until `stop`; `port` 0 takes a free one. See `Server`."""
    raise_descriptor_limit()
    server = Server(pack, host, options or ServeOptions(), load, tell)
    await server.start(port)
    return server


@dataclass(frozen=True, slots=True)
class Source:
    """Where the served pack comes from: how to `load` it, and how to see that it changed, if that is watched."""

    load: Load
    watched: Seen | None = None


def serve_until_stopped(source: Source, host: str, port: int, options: ServeOptions, ready: Ready, tell: Tell) -> None:
    """Serve until SIGTERM or SIGINT, then drain; SIGHUP loads again. `ready` is called once the port is bound."""
    run(_until_stopped(source, host, port, options, ready, tell))


async def _until_stopped(source: Source, host: str, port: int, options: ServeOptions, ready: Ready, tell: Tell) -> None:
    stopped = asyncio.Event()
    server = await serve_pack(source.load(), host, port, options, source.load, tell)
    if options.events is not None:
        options.events.take_up(server.responder.sessions.of)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    if server.reloader is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, server.reloader.ask)
    watching = watch_with(source.watched, server.reloader.ask) if server.reloader else None
    ready(server.pack, server.url)
    with steady_memory(), realtime(options.realtime):
        await stopped.wait()
    if watching is not None:
        watching.cancel()
    await server.stop()


def watch_with(seen: Seen | None, ask: Callable[[], None]) -> asyncio.Task[None] | None:
    """A task that watches, if there is something to watch."""
    return None if seen is None else asyncio.get_running_loop().create_task(watch(seen, ask))
