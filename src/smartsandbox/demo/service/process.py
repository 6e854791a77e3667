"""The service as a process: uvicorn with the API on one port and the webhook receiver on another.

`service_process` is what others use; the rest of the file runs inside the child. The API's connections are of a
kind that can be dropped, for the resets in the recording.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from smartsandbox.demo.http_client import Connection
from smartsandbox.demo.people import make_people
from smartsandbox.demo.service.api import Api
from smartsandbox.demo.service.asgi import RESET, AsgiApp
from smartsandbox.demo.service.dispatcher import Dispatcher, Post
from smartsandbox.demo.service.latency import Latency
from smartsandbox.demo.service.receiver import Receiver
from smartsandbox.demo.service.seeding import secret_of, seeded_store
from smartsandbox.demo.service.weather import Weather
from smartsandbox.packs.capture.background import LOOPBACK, BackgroundProcess, free_port
from smartsandbox.replay_engine.clock import RealClock
from smartsandbox.replay_engine.loop import run

_LINGER_NOT = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What the service is a function of. `incidents` are ranges of request numbers in which errors come in bursts."""

    seed: int
    people_seed: int
    people: int = 300
    incidents: tuple[range, ...] = ()

    def arguments(self) -> list[str]:
        """The options as command-line arguments of this module."""
        numbers = {"--seed": self.seed, "--people-seed": self.people_seed, "--people": self.people}
        spans = [part for span in self.incidents for part in ("--incident", f"{span.start}:{span.stop}")]
        return [*(part for name, value in numbers.items() for part in (name, str(value))), *spans]


def service_process(options: ServiceOptions, port: int) -> BackgroundProcess:
    """The service as a child process that listens on `port` of the loopback while a `with` block runs."""
    module = [sys.executable, "-m", "smartsandbox.demo.service.process"]
    command = [*module, *options.arguments(), "--port", str(port), "--receiver-port", str(free_port())]
    return BackgroundProcess(command, port, "the sample service")


class _ResettableProtocol(HttpToolsProtocol):
    """Puts the reset extension into every request's scope."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extended: dict[str, Any] = {RESET: self._reset}
        self.scope["extensions"] = extended

    def _reset(self) -> None:
        connection = self.transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.transport.abort()


class _Server(uvicorn.Server):
    """A server that leaves signals alone, as two of them share this process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def main(arguments: Sequence[str]) -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="smartsandbox.demo.service")
    for name in ("--seed", "--people-seed", "--people", "--port", "--receiver-port"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--incident", type=_span, action="append", default=[])
    found = parser.parse_args(arguments)
    options = ServiceOptions(found.seed, found.people_seed, found.people, tuple(found.incident))
    run(_serve(options, found.port, found.receiver_port))


async def _serve(options: ServiceOptions, port: int, receiver_port: int) -> None:
    clock = RealClock()
    # The one reading of the calendar: everything later is this plus the monotonic clock.
    epoch = time.time_ns() / 1e9 - clock.now()
    secret = secret_of(options.seed, "webhooks")
    receiver = Receiver(options.seed, secret, clock, epoch)
    store = seeded_store(options.seed, make_people(options.people_seed, options.people), epoch + clock.now())
    dispatcher = Dispatcher(store, poster(receiver_port), secret, clock, epoch)
    api = Api(
        store=store,
        weather=Weather(options.seed, options.incidents),
        latency=Latency(options.seed),
        secret=secret_of(options.seed, "sessions"),
        clock=clock,
        epoch=epoch,
        deliver=dispatcher.deliver,
    )
    servers = [_server(AsgiApp(receiver), receiver_port), _server(AsgiApp(api), port)]
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _end, servers)
    await asyncio.gather(*(server.serve() for server in servers))
    clock.close()


def _end(servers: Sequence[_Server]) -> None:
    for server in servers:
        server.should_exit = True


def _server(app: AsgiApp, port: int) -> _Server:
    config = uvicorn.Config(
        app,
        host=LOOPBACK,
        port=port,
        http=_ResettableProtocol,
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        headers=[("Server", "harbourpay")],
        timeout_graceful_shutdown=5,
    )
    return _Server(config)


def poster(receiver_port: int) -> Post:
    """Posts to the receiver on the loopback, whatever host an endpoint names: no webhook leaves this machine."""

    async def post(endpoint: str, body: bytes, headers: tuple[tuple[str, str], ...]) -> int | None:
        parts = urlsplit(endpoint)
        connection = Connection(LOOPBACK, receiver_port)
        try:
            return (await connection.send("POST", parts.path, (("Host", parts.netloc), *headers), body)).status
        except ConnectionError:
            return None
        finally:
            connection.close()

    return post


def _span(text: str) -> range:
    start, _, stop = text.partition(":")
    return range(int(start), int(stop))


if __name__ == "__main__":
    main(sys.argv[1:])
