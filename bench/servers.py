"""Servers of a comparison: started with their stubs, asked until they answer rightly, measured in turns."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import load, mocks, packs, peers, proc, stubs
from bench.load import Mix, Point
from bench.stats import middle

_ROUNDS = 3
_SECONDS = 3
_WARM = 2


@dataclass(slots=True)
class Server:
    """A running server, and what was measured on it. `start` is seconds to the first right answer."""

    name: str
    gets: int
    url: str
    pid: int
    start: float
    idle_bytes: int
    points: dict[str, list[Point]] = field(default_factory=dict)
    loaded_bytes: int = 0

    def middle(self, mode: str, figure: str) -> float | None:
        """The median of one figure of its points."""
        return middle([getattr(point, figure) for point in self.points.get(mode, ())])


@dataclass(slots=True)
class Bench:
    """What one sitting uses and finds."""

    wrk: peers.Peer
    folder: Path
    servers: list[Server] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def up(self, name: str, gets: int, command: Callable[[Path, int], Started]) -> Iterator[Server]:
        """Start a server, wait for its last stub, and check its memory after what is done with it."""
        home = Path(tempfile.mkdtemp(prefix=f"{name}-{gets}-", dir=self.folder))
        port = proc.free_port()
        started = command(home, port)
        url = f"http://127.0.0.1:{port}"
        with proc.running(started.command, home, started.env, name) as process:
            took = proc.await_ready(process, lambda: started.right(url))
            server = Server(name, gets, url, process.pid, took, proc.pss_bytes(process.pid))
            self.servers.append(server)
            yield server
            server.loaded_bytes = proc.pss_bytes(process.pid)

    def take_turns(self, mode: str, servers: Sequence[Server], warm: int = _WARM) -> None:
        """Warm each server up, then measure them one after another, several times round."""
        for server in servers:
            load.wrk(self.wrk, server.url, Mix(mode, server.gets), warm)
        for _ in range(_ROUNDS):
            for server in servers:
                point = load.measure(self.wrk, server.pid, server.url, Mix(mode, server.gets), _SECONDS)
                server.points.setdefault(mode, []).append(point)


@dataclass(frozen=True, slots=True)
class Started:
    """How a server is started, and how a right answer is known."""

    command: Sequence[str]
    env: dict[str, str]
    right: Callable[[str], bool]


def ours(gets: int, workers: int = 1) -> Callable[[Path, int], Started]:
    """`smartsandbox serve` on the pack of so many accounts, which is prepared once, as its first start would do."""
    pack = packs.built(packs.accounts(gets))
    subprocess.run([sys.executable, "-m", "smartsandbox", "packs", "prepare", str(pack)], check=True, stdout=sys.stderr)

    def start(folder: Path, port: int) -> Started:
        command = [sys.executable, *mocks.smartsandbox(pack, port), "--workers", str(workers)]
        return Started(command, {}, lambda url: _answers(url, gets))

    return start


def static() -> Callable[[Path, int], Started]:
    """nginx."""
    peer = peers.get("nginx")
    return lambda folder, port: Started(
        [*peer.command, *mocks.nginx(folder, port)], dict(peer.env), lambda url: bool(proc.fetch(url))
    )


def jvm(name: str, gets: int) -> Callable[[Path, int], Started]:
    """WireMock or MockServer with the same stubs."""
    peer = peers.get(name)
    configure = {"wiremock": mocks.wiremock, "mockserver": mocks.mockserver}[name]

    def start(folder: Path, port: int) -> Started:
        rest = configure(folder, port, gets)
        env = mocks.mockserver_env(folder) if name == "mockserver" else {}
        return Started([*peer.command, *rest], env, lambda url: _answers(url, gets))

    return start


def _answers(url: str, gets: int) -> bool:
    """The last account and the last transfer come back with the right value."""
    last = stubs.post_count(gets) - 1
    account = proc.fetch(url + stubs.path(gets - 1))
    transfer = proc.fetch(url + stubs.POST_PATH, stubs.transfer(last))
    return bool(
        json.loads(account) == json.loads(stubs.account(gets - 1))
        and json.loads(transfer) == json.loads(stubs.transferred(last))
    )
