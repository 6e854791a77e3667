"""How each program that drives is started at a rate, for so many seconds, against a URL."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import packs, peers

_HERE = Path(__file__).parent
REPORT = "report.json"
USERS = 100
"""Users of Locust; locustfile.py shares the rate among as many."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is to do. `folder` is its own, for files."""

    url: str
    rate: int
    seconds: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Command:
    """A command line and what its environment must have."""

    line: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)


Driver = Callable[[Order], Command]


def smartsandbox(*more: str) -> Driver:
    """The product, as a user starts it, on a pack of what is sent: lanes, histograms, outcomes, report; `more` options.

    The lateness bound is lifted, because lateness is what is measured here; the run then says how late it was.
    """

    def command(order: Order) -> Command:
        pack = packs.built(packs.journeys(order.rate * order.seconds))
        files = ["--json", str(order.folder / REPORT), "--outcomes", str(order.folder / "outcomes.parquet")]
        pace = ["--rate", str(order.rate), "--lateness-bound", "1000000", *more]
        line = [sys.executable, "-m", "smartsandbox", "drive", str(pack), "--target", order.url, *pace, *files]
        return Command(line)

    return command


def k6() -> Driver:
    """k6's constant arrival rate."""
    peer = peers.get("k6")

    def command(order: Order) -> Command:
        env = {"RATE": str(order.rate), "SECONDS": str(order.seconds), "URL": order.url}
        quiet = {"HOME": str(order.folder), "K6_NO_USAGE_REPORT": "true"}
        return Command([*peer.command, "run", "-q", "--no-usage-report", str(_HERE / "k6.js")], {**env, **quiet})

    return command


def locust() -> Driver:
    """Locust in one process."""
    peer = peers.get("locust")

    def command(order: Order) -> Command:
        users = ["-u", str(USERS), "-r", "1000", "-t", f"{order.seconds}s"]
        line = ["-f", str(_HERE / "locustfile.py"), "--headless", "--only-summary", *users, "-H", order.url]
        return Command([*peer.command, *line, "--loglevel", "ERROR"], {"RATE": str(order.rate)})

    return command


def floor() -> Driver:
    """What uvloop alone costs: raw.py."""

    def command(order: Order) -> Command:
        port = order.url.rpartition(":")[2]
        line = [sys.executable, "-m", "bench.raw", port, str(order.rate), str(order.seconds)]
        return Command(line, {"PYTHONPATH": str(_HERE.parent)})

    return command


DRIVERS: dict[str, Callable[[], Driver]] = {"k6": k6, "locust": locust, "floor": floor}
