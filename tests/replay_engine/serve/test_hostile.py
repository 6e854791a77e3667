"""What hostile, broken and very many clients do to a server on real sockets: it costs what the limits say, no more."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.connection import Connection
from smartsandbox.replay_engine.serve.options import Limits, ServeOptions
from smartsandbox.replay_engine.serve.service import Service
from smartsandbox.replay_engine.testing import Exchanger, serving

GET = b"GET /balance HTTP/1.1\r\nHost: x\r\n\r\n"
RESET = struct.pack("ii", 1, 0)
FAST = ServeOptions(latency=Scaled(0.0))
PROGRAM = "import sys; from smartsandbox.cli import run; sys.exit(run(sys.argv[1:]))"


@asynccontextmanager
async def hosted(pack: Pack, options: ServeOptions) -> AsyncIterator[tuple[Service, VirtualClock, int]]:
    """A service on a real port, on a clock that the test moves; its port."""
    clock = VirtualClock()
    service = Exchanger(pack, clock, options).service
    server = await asyncio.get_running_loop().create_server(lambda: Connection(service), "127.0.0.1", 0)
    try:
        yield service, clock, server.sockets[0].getsockname()[1]
    finally:
        server.close()


def second_passes(service: Service) -> None:
    service.second += 1
    for connection in tuple(service.connections):
        connection.expire()


async def until(holds: Callable[[], bool]) -> None:
    """Let both sides of the sockets go on until something holds."""
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0)


def on_a_loop(work: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await work()

    run(whole())


def test_clients_that_send_a_byte_a_second_are_refused_in_time(shop_pack: Pack) -> None:
    async def work() -> None:
        options = ServeOptions(limits=Limits(request_seconds=5))
        async with hosted(shop_pack, options) as (service, _, port):
            ends = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
            for _, writer in ends:
                writer.write(b"GET /balance HTTP/1.1\r\nHost: x\r\nX: ")
            await until(lambda: all(c.busy_since is not None for c in service.connections))  # type: ignore[attr-defined]
            for _ in range(6):
                second_passes(service)
                for _, writer in ends:
                    writer.write(b"y")
                await asyncio.sleep(0)
            answers = [await reader.readuntil(b"\r\n") for reader, _ in ends]
            assert answers == [b"HTTP/1.1 408 Request Timeout\r\n"] * 20
            for _ in range(7):
                second_passes(service)
            await until(lambda: not service.connections)
            for _, writer in ends:
                writer.close()

    on_a_loop(work)


def test_a_client_that_closes_its_sending_side_still_gets_its_answer(shop_pack: Pack) -> None:
    async def work() -> None:
        async with hosted(shop_pack, ServeOptions()) as (service, clock, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GET)
            writer.write_eof()
            await until(lambda: any(not c._outbox.empty for c in service.connections))  # type: ignore[attr-defined]
            clock.advance(1)
            assert (await reader.read()).endswith(b'{"left":3}')
            half, unfinished = await asyncio.open_connection("127.0.0.1", port)
            unfinished.write(GET[:-2])
            unfinished.write_eof()
            assert await half.read() == b""
            writer.close()
            unfinished.close()

    on_a_loop(work)


@pytest.mark.parametrize(
    "sent", [b"", GET[:20], GET, b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"]
)
def test_a_client_that_resets_costs_nobody_else_anything(shop_pack: Pack, sent: bytes) -> None:
    async def work() -> None:
        async with hosted(shop_pack, ServeOptions()) as (service, clock, port):
            with socket.create_connection(("127.0.0.1", port)) as client:
                await until(lambda: len(service.connections) == 1)
                client.sendall(sent)
                await asyncio.sleep(0)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            await until(lambda: not service.connections)
            clock.advance(5)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /me HTTP/1.1\r\nHost: x\r\n\r\n")
            await until(lambda: any(not c._outbox.empty for c in service.connections))  # type: ignore[attr-defined]
            clock.advance(5)
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 401 ")
            writer.close()

    on_a_loop(work)


def test_a_connection_too_many_is_told_so(shop_pack: Pack) -> None:
    options = ServeOptions(latency=Scaled(0.0), limits=Limits(connections=1))
    with serving(shop_pack, options) as server, socket.create_connection((server.host, server.port)) as first:
        first.sendall(GET)
        assert first.recv(100).startswith(b"HTTP/1.1 200 ")
        with socket.create_connection((server.host, server.port), 10) as second:
            assert second.recv(100).startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /balance HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"GET /balance HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /balance HTTP/1.1\r\nHost: x\r\nX:" + b" " * 1_000_000 + b"y\r\n\r\n",
    ],
)
def test_heads_over_the_limit_are_refused(shop_pack: Pack, head: bytes) -> None:
    with serving(shop_pack, FAST) as server, socket.create_connection((server.host, server.port), 10) as client:
        client.sendall(head)
        assert client.recv(100).startswith(b"HTTP/1.1 431 ")


# A server of its own process, so that what it holds can be read.


@contextmanager
def process_of(pack: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-c", PROGRAM, "serve", str(pack), "--port", "0", "--latency", "none"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        (port,) = re.findall(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        yield process, int(port)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""


@pytest.fixture(scope="module")
def one_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """One answer."""
    return make_pack(tmp_path_factory.mktemp("one"), [an_exchange("e1", a_request(target="/one"), a_response(json=1))])


def megabytes(process: subprocess.Popen[str], name: str) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(rf"{name}:\s+(\d+) kB", status)[0]) / 1024


def descriptors(process: subprocess.Popen[str]) -> int:
    return len(os.listdir(f"/proc/{process.pid}/fd"))


@pytest.mark.slow
@pytest.mark.parametrize("framing", [b"Content-Length: 1073741824", b"Transfer-Encoding: chunked"])
def test_a_body_of_a_gibibyte_is_refused_in_bounded_memory(one_pack: Pack, framing: bytes) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc to read memory from")
    piece = b"x" * (1 << 20)
    chunk = b"%x\r\n%s\r\n" % (len(piece), piece) if b"chunked" in framing else piece
    with process_of(one_pack.folder) as (process, port), socket.create_connection(("127.0.0.1", port), 30) as client:
        before = megabytes(process, "VmRSS")
        client.sendall(b"POST /one HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\n")
        for _ in range(1024):
            try:
                client.sendall(chunk)
            except (BrokenPipeError, ConnectionResetError):
                break
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")
        assert megabytes(process, "VmHWM") - before < 100


@pytest.mark.slow
def test_ten_thousand_connections_are_answered_and_given_back(one_pack: Pack) -> None:
    if not Path("/proc/self/status").exists() or resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 11_000:
        pytest.skip("needs /proc and 11,000 descriptors")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with process_of(one_pack.folder) as (process, port):
            before, size = descriptors(process), megabytes(process, "VmRSS")
            clients = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(10_000)]
            for client in clients:
                client.sendall(b"GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
            assert all(client.recv(1000).startswith(b"HTTP/1.1 200 ") for client in clients)
            assert descriptors(process) - before == 10_000
            assert (megabytes(process, "VmRSS") - size) / 10_000 < 0.02
            for client in clients:
                client.close()
            with socket.create_connection(("127.0.0.1", port), 30) as client:
                while descriptors(process) > before + 1:
                    client.sendall(b"GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
                    assert client.recv(1000)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
def test_ten_thousand_idle_connections_stay_while_another_version_takes_over(one_pack: Pack, tmp_path: Path) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 11_000:
        pytest.skip("needs 11,000 descriptors")
    two = make_pack(tmp_path, [an_exchange("e1", a_request(target="/one"), a_response(json=2))])
    named = tmp_path / "named"
    named.symlink_to(one_pack.folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with process_of(named) as (process, port):
            clients = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(10_000)]
            clients[0].sendall(b"GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
            assert clients[0].recv(1000).endswith(b"\r\n\r\n1")
            named.unlink()
            named.symlink_to(two.folder)
            process.send_signal(signal.SIGHUP)
            assert process.stderr is not None
            assert process.stderr.readline().startswith(f"serving sample@{two.manifest.version} from here on")
            for client in clients:
                client.sendall(b"GET /one HTTP/1.1\r\nHost: x\r\n\r\n")
            assert all(client.recv(1000).endswith(b"\r\n\r\n2") for client in clients)
            for client in clients:
                client.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
