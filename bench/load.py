"""Closed-loop load by wrk, and what it cost the server: requests a second, and CPU seconds for 100,000 requests.

CPU is the figure to trust: it moves little when other work shares the machine. `others` says how many cores that used.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import peers, proc, stubs

CONNECTIONS = 32
QUIET = 0.3
"""Cores used by others above which a point is measured again."""
_AGAIN = 2
_SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True)
class Mix:
    """What is asked: `mode` is "get" or "post", `gets` how many accounts there are."""

    mode: str
    gets: int


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement. Latencies are milliseconds, `cpu` is seconds for 100,000 requests, `others` is cores."""

    rps: float
    p50: float
    p99: float
    cpu: float
    failed: int
    others: float


def parse(output: str) -> dict[str, int]:
    """The figures that load.lua prints. Raises ValueError where there are none."""
    line = next((line for line in output.splitlines() if line.startswith("JSON")), None)
    if line is None:
        raise ValueError("wrk printed no figures")
    figures: dict[str, int] = json.loads(line.removeprefix("JSON"))
    return figures


def wrk(wrk_peer: peers.Peer, url: str, mix: Mix, seconds: int) -> dict[str, int]:
    """Load `url` for whole seconds."""
    env = {"N": str(mix.gets), "POSTS": str(stubs.post_count(mix.gets)), "MODE": mix.mode, "SEED": "7"}
    command = [
        *wrk_peer.command,
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--timeout",
        "10s",
        "-s",
        str(_SCRIPT),
        url,
    ]
    run = subprocess.run(
        command, env={**os.environ, **wrk_peer.env, **env}, capture_output=True, text=True, timeout=seconds + 60
    )
    return parse(run.stdout)


def measure(wrk_peer: peers.Peer, pid: int, url: str, mix: Mix, seconds: int) -> Point:
    """One point on the server whose process is `pid`; measured again, at most twice, while others are busy."""
    points: list[Point] = []
    for _ in range(1 + _AGAIN):
        points.append(_once(wrk_peer, pid, url, mix, seconds))
        if points[-1].others <= QUIET:
            break
    return calmest(points)


def calmest(points: Sequence[Point]) -> Point:
    """The point that others disturbed least."""
    return min(points, key=lambda point: point.others)


def _once(wrk_peer: peers.Peer, pid: int, url: str, mix: Mix, seconds: int) -> Point:
    before, everybody, ours, began = (
        proc.cpu_seconds(pid),
        proc.machine_cpu(),
        proc.ended_children_cpu(),
        time.monotonic(),
    )
    figures = wrk(wrk_peer, url, mix, seconds)
    used = proc.cpu_seconds(pid) - before
    others = proc.machine_cpu() - everybody - used - (proc.ended_children_cpu() - ours)
    return Point(
        rps=figures["requests"] / figures["us"] * 1e6,
        p50=figures["p50_us"] / 1000,
        p99=figures["p99_us"] / 1000,
        cpu=used / max(1, figures["requests"]) * 1e5,
        failed=figures["failed"],
        others=max(0.0, others / (time.monotonic() - began)),
    )
