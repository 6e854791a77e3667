"""`python -m bench serve`: what an answer costs, against nginx, WireMock and MockServer, and from 1,000 to 1,000,000
exchanges.

Runs of two servers take turns (A B A B), figures are medians, and ratios are taken between medians of one sitting.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import load, peers, proc, stubs
from bench.load import Mix
from bench.servers import Bench, Server, jvm, ours, static
from bench.stats import ratio
from bench.table import ABSENT, Table, json_line, shown

KEYS = (
    "get_cpu_vs_nginx",
    "post_cpu_vs_nginx",
    "rps_vs_wiremock_20k",
    "rps_vs_mockserver_20k",
    "cpu_1m_vs_1k",
    "start_s_1m",
    "bytes_per_exchange",
)
SMALL, MIDDLE, LARGE = 1_000, 20_000, 1_000_000
_WARM_JVM = 8


def main() -> None:
    """Run it all; prints the table and the JSON line."""
    with tempfile.TemporaryDirectory(prefix="bench-serve-") as folder:
        try:
            bench = Bench(peers.get("wrk"), Path(folder))
        except peers.AbsentError as error:
            _print(Bench(peers.Peer((), ABSENT), Path(folder), absent={"wrk": str(error)}))
            return
        for name, part in PARTS.items():
            print(f"{name} ...", file=sys.stderr, flush=True)
            try:
                part(bench)
            except (OSError, ValueError, proc.NotReadyError) as error:
                bench.absent[name] = f"{type(error).__name__}: {error}"[:200]
        _print(bench)


def against_nginx(bench: Bench) -> None:
    """GET and POST at 20,000 exchanges, in turns with nginx."""
    with ExitStack() as stack:
        servers = [stack.enter_context(bench.up("smartsandbox", MIDDLE, ours(MIDDLE)))]
        try:
            servers.append(stack.enter_context(bench.up("nginx", MIDDLE, static())))
        except (peers.AbsentError, proc.NotReadyError) as error:
            bench.absent["nginx"] = str(error)
        for mode in ("get", "post"):
            bench.take_turns(mode, servers)


def sizes(bench: Bench) -> None:
    """GET at 1,000 and at 1,000,000 exchanges, in turns."""
    with bench.up("smartsandbox", SMALL, ours(SMALL)) as small, bench.up("smartsandbox", LARGE, ours(LARGE)) as large:
        bench.take_turns("get", [small, large])


def against_jvm(bench: Bench, name: str) -> None:
    """GET at 20,000 exchanges, in turns with a peer that runs on Java, which gets time to compile itself.

    The peer works on every core, so ours does too, by as many workers; one process stands beside it.
    """
    cores = len(os.sched_getaffinity(0))
    try:
        with (
            bench.up("smartsandbox", MIDDLE, ours(MIDDLE)) as one,
            bench.up(f"{cores} workers", MIDDLE, ours(MIDDLE, cores)) as own,
            bench.up(name, MIDDLE, jvm(name, MIDDLE)) as peer,
        ):
            load.wrk(bench.wrk, peer.url, Mix("get", MIDDLE), _WARM_JVM)
            bench.take_turns("get", [one, own, peer])
    except (peers.AbsentError, proc.NotReadyError) as error:
        bench.absent[name] = str(error)


PARTS: dict[str, Callable[[Bench], None]] = {
    "against nginx": against_nginx,
    "by size": sizes,
    "against WireMock": lambda bench: against_jvm(bench, "wiremock"),
    "against MockServer": lambda bench: against_jvm(bench, "mockserver"),
}


def figures(servers: Sequence[Server]) -> dict[str, float | None]:
    """The JSON line's values."""
    own, nginx = _find(servers, "smartsandbox", MIDDLE), _find(servers, "nginx", MIDDLE)
    small, large = _find(servers, "smartsandbox", SMALL), _find(servers, "smartsandbox", LARGE)
    return {
        "get_cpu_vs_nginx": ratio(_of(own, "get", "cpu"), _of(nginx, "get", "cpu")),
        "post_cpu_vs_nginx": ratio(_of(own, "post", "cpu"), _of(nginx, "post", "cpu")),
        "rps_vs_wiremock_20k": _rps_ratio(servers, "wiremock"),
        "rps_vs_mockserver_20k": _rps_ratio(servers, "mockserver"),
        "cpu_1m_vs_1k": ratio(_of(large, "get", "cpu"), _of(small, "get", "cpu")),
        "start_s_1m": large.start if large else None,
        "bytes_per_exchange": bytes_per_exchange(small, large),
    }


def bytes_per_exchange(small: Server | None, large: Server | None) -> float | None:
    """Resident bytes after load that each further exchange costs, between the small and the large pack."""
    if small is None or large is None:
        return None
    counts = [server.gets + stubs.post_count(server.gets) for server in (small, large)]
    return (large.loaded_bytes - small.loaded_bytes) / (counts[1] - counts[0])


def _rps_ratio(servers: Sequence[Server], name: str) -> float | None:
    """Ours over a peer's, from the turns that they took together: ours stands before the peer."""
    at = next((at for at, server in enumerate(servers) if server.name == name), 0)
    return ratio(servers[at - 1].middle("get", "rps"), servers[at].middle("get", "rps")) if at else None


def _find(servers: Sequence[Server], name: str, gets: int) -> Server | None:
    return next((server for server in servers if (server.name, server.gets) == (name, gets)), None)


def _of(server: Server | None, mode: str, figure: str) -> float | None:
    return server.middle(mode, figure) if server else None


def _print(bench: Bench) -> None:
    columns = (
        "server",
        "stubs",
        "load",
        "rps",
        "p50 ms",
        "p99 ms",
        "CPU s/100k",
        "failed",
        "others",
        "start s",
        "MB idle",
        "MB after",
    )
    table = Table("Serving: wrk, 1 thread, 32 connections, loopback, HTTP/1.1 keep-alive", columns)
    for server in bench.servers:
        for mode in server.points or {"": []}:
            table.add(*_cells(server, mode))
    table.notes += [f"{name}: {ABSENT}, {reason}" for name, reason in bench.absent.items()]
    table.notes.append("others: cores used by other work meanwhile; above 0.3 distrust rps and p99, less so CPU")
    print(table.text(), flush=True)
    print()
    print(json_line(KEYS, figures(bench.servers)), flush=True)


def _cells(server: Server, mode: str) -> Sequence[str]:
    def cell(figure: str, digits: int) -> str:
        return shown(server.middle(mode, figure), digits)

    memory = [f"{size / 1e6:,.0f}" for size in (server.idle_bytes, server.loaded_bytes)]
    measured = (cell("rps", 0), cell("p50", 2), cell("p99", 2), cell("cpu", 2), cell("failed", 0), cell("others", 2))
    return (server.name, f"{server.gets:,}", mode, *measured, f"{server.start:.2f}", *memory)
