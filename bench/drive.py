"""`python -m bench drive`: how exactly a rate is held and what it costs, seen by the target, against k6 and Locust.

Lateness is taken where the target's kernel receives a request, so it holds the network stack as well as the driver's
delay; what the target takes to wake up and read stands in a note, and what the driver says of itself beside it. CPU
is of whole processes, from their start to their exit.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench import drivers, peers, proc, sink
from bench.drivers import Driver, Order
from bench.load import QUIET
from bench.stats import Floats, Lateness, between, lateness, middle, ratio
from bench.table import ABSENT, Table, json_line, shown

RATES = (1_000, 5_000, 10_000, 20_000)
COMPARED = 5_000
KEYS = (
    "late_p99_ms_1k",
    "late_p99_ms_5k",
    "late_p99_ms_10k",
    "late_p99_ms_20k",
    "cpu_vs_k6_5k",
    "cpu_vs_locust_5k",
)
OURS = "smartsandbox"
_SECONDS = 5
_LONG = 30
"""Seconds of the runs whose CPU is compared, so that starting up does not decide."""
_ROUNDS = 3
_TIMEOUT = 120
_ENOUGH = 400.0
"""Seconds after which a run that others disturbed is not repeated."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run. CPU is seconds for 100,000 requests: of the whole process, and between the first and last arrival."""

    name: str
    rate: int
    requests: int
    late: Lateness | None
    own_p99: float | None
    matched: float | None
    cpu: float
    cpu_sending: float | None
    others: float
    read_p99: float | None = None
    """Milliseconds that the target took to read a request that was there, at p99; None where it does not know."""


def main() -> None:
    """Run it all; prints the table and the JSON line."""
    found: dict[str, Driver] = {OURS: drivers.smartsandbox()}
    preferred = proc.may_prefer()
    timed = drivers.smartsandbox("--realtime") if preferred else found[OURS]
    absent: dict[str, str] = {}
    for name, make in drivers.DRIVERS.items():
        try:
            found[name] = make()
        except peers.AbsentError as error:
            absent[name] = str(error)
    with sink.running() as target:
        until = time.monotonic() + _ENOUGH
        held = [calm(target, OURS, timed, rate, _SECONDS, until) for _ in range(_ROUNDS) for rate in RATES]
        compared = [calm(target, name, found[name], COMPARED, _LONG, until) for _ in range(_ROUNDS) for name in found]
        _print(held, compared, absent, target.kind, preferred)


def calm(target: sink.Sink, name: str, driver: Driver, rate: int, seconds: int, until: float) -> Ran:
    """Drive once, and once more if others were busy and it is not yet `until`; the calmer run counts."""
    ran = run(target, name, driver, rate, seconds)
    if ran.others <= QUIET or time.monotonic() > until:
        return ran
    return min(ran, run(target, name, driver, rate, seconds), key=lambda one: one.others)


def run(target: sink.Sink, name: str, driver: Driver, rate: int, seconds: int) -> Ran:
    """Drive the target once."""
    with tempfile.TemporaryDirectory(prefix="bench-drive-") as folder:
        order = Order(target.url, rate, seconds, Path(folder))
        command = driver(order)
        target.reset()
        everybody, sinks, began = proc.machine_cpu(), proc.cpu_seconds(target.pid), time.monotonic()
        with proc.running(command.line, order.folder, command.env, name) as process:
            samples = _watch(process)
        used, spent = samples[-1][1], proc.cpu_seconds(target.pid) - sinks
        others = (proc.machine_cpu() - everybody - used - spent) / (time.monotonic() - began)
        arrivals, waits = target.arrivals(), target.waits()
        report = _report(order.folder / drivers.REPORT)
    return replace(_ran(name, rate, arrivals, samples, report, max(0.0, others)), read_p99=_read_p99(waits))


def _read_p99(waits: Floats) -> float | None:
    return float(np.quantile(waits, 0.99, method="inverted_cdf")) * 1000 if waits.any() else None


def _watch(process: subprocess.Popen[bytes]) -> list[tuple[float, float]]:
    """CPU samples until the process ends; the last one is the whole of it."""
    before = proc.ended_children_cpu()
    with proc.CpuWatch(process.pid) as watch, suppress(subprocess.TimeoutExpired):
        process.wait(_TIMEOUT)
    alive = [sample for sample in watch.samples if sample[1] > 0]
    return [*alive, (time.monotonic(), proc.ended_children_cpu() - before)]


def _report(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    report: dict[str, Any] = json.loads(file.read_bytes())
    return report


def _ran(name: str, rate: int, arrivals: Any, samples: Any, report: dict[str, Any], others: float) -> Ran:
    count = len(arrivals)
    sending = between(samples[:-1], arrivals[0], arrivals[-1]) if count > 1 else None
    each = 1e5 / max(1, count)
    return Ran(
        name=name,
        rate=rate,
        requests=count,
        late=lateness(arrivals, np.arange(count) / rate),
        own_p99=report["latency_ms"]["lateness"]["p99"] if report else None,
        matched=report["shares"]["matched"] if report else None,
        cpu=samples[-1][1] * each,
        cpu_sending=None if sending is None else sending * each,
        others=others,
    )


def figures(held: Sequence[Ran], compared: Sequence[Ran]) -> dict[str, float | None]:
    """The JSON line's values."""
    own = _cpu(compared, OURS)
    late = {f"late_p99_ms_{rate // 1000}k": _late(held, rate) for rate in RATES}
    return {
        **late,
        "cpu_vs_k6_5k": ratio(own, _cpu(compared, "k6")),
        "cpu_vs_locust_5k": ratio(own, _cpu(compared, "locust")),
    }


def _late(runs: Sequence[Ran], rate: int) -> float | None:
    return middle([ran.late.p99 for ran in runs if ran.rate == rate and ran.late])


def _cpu(runs: Sequence[Ran], name: str) -> float | None:
    return middle([ran.cpu for ran in runs if ran.name == name and ran.requests])


def _print(held: Sequence[Ran], compared: Sequence[Ran], absent: dict[str, str], kind: str, preferred: bool) -> None:
    columns = (
        "driver", "rate", "seconds", "requests", "held", "late p50", "p99", "max", "own p99", "matched",
        "CPU s/100k", "while sending", "others",
    )  # fmt: skip
    table = Table(
        "Driving: constant rates against a target that stamps arrivals; lateness in ms at the target", columns
    )
    for rate in RATES:
        table.add(*_cells([ran for ran in held if ran.rate == rate], _SECONDS))
    for name in dict.fromkeys(ran.name for ran in compared):
        table.add(*_cells([ran for ran in compared if ran.name == name], _LONG))
    table.notes += [f"{name}: {ABSENT}, {reason}" for name, reason in absent.items()]
    table.notes.append(f"medians of {_ROUNDS} runs that took turns; the target is written in {kind}")
    table.notes.append(_instrument(held))
    table.notes.append(
        "at the rates of the first rows the driver ran with --realtime, and the target before other work too"
        if preferred
        else "real-time priority is not allowed here: on a busy machine lateness is the scheduler's"
    )
    table.notes.append(f"others: cores used by other work meanwhile; above {QUIET:g} distrust lateness, less so CPU")
    table.notes.append("CPU s/100k is the whole process, its start, its loading of a pack and its report included")
    table.notes.append("floor: raw.py, which writes one request again and again on uvloop and does nothing else")
    print(table.text(), flush=True)
    print()
    print(json_line(KEYS, figures(held, compared)), flush=True)


def _instrument(held: Sequence[Ran]) -> str:
    read = middle([ran.read_p99 for ran in held if ran.read_p99 is not None])
    if read is None:
        return "arrivals are stamped when the target reads them, so its own wake-up counts as lateness"
    return f"arrivals are stamped by the target's kernel; to wake up and read takes it {shown(read)} ms more at p99"


def _cells(runs: Sequence[Ran], seconds: int) -> Sequence[str]:
    late = [ran.late for ran in runs if ran.late]
    rate = middle([item.rate for item in late])
    return (
        runs[0].name,
        f"{runs[0].rate:,}",
        str(seconds),
        f"{middle([float(ran.requests) for ran in runs]):,.0f}",
        "" if rate is None else f"{rate / runs[0].rate:.2%}",
        *(shown(middle([getattr(item, name) for item in late])) for name in ("p50", "p99", "worst")),
        _optional([ran.own_p99 for ran in runs], 3),
        _optional([ran.matched for ran in runs], 4),
        shown(middle([ran.cpu for ran in runs])),
        _optional([ran.cpu_sending for ran in runs], 2),
        shown(middle([ran.others for ran in runs])),
    )


def _optional(values: Sequence[float | None], digits: int) -> str:
    known = middle([value for value in values if value is not None])
    return "" if known is None else shown(known, digits)
