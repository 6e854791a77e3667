"""`python -m bench fidelity`: is what is replayed the shape of what was recorded, at 1x and at 10x?

Each trace becomes a pack. One run drives the target that stamps arrivals: gaps, counts a second and duration are taken
there, not from the driver; a program in C that only sends follows it, to show what can be had here. Then another drives
a served copy of the pack: latency by endpoint, runs of errors and matches. At 10x one more run is answered with drawn
latency and errors, which are held against the whole recording of each endpoint. At last the captures are imported,
published and replayed against themselves.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench import proc, sink, traces
from bench.captured import Matched, replayed_table, self_replays
from bench.stats import Floats, count_error, ks, runs, since_start
from bench.table import Table, json_line, shown
from bench.traces import Arrivals
from smartsandbox.packs.testing import make_pack

KEYS = (
    "interarrival_ks",
    "qps_error",
    "duration_error",
    "latency_ks_max",
    "error_run_ks",
    "self_replay_matches",
)
SPEEDS = (1, 10)
_WINDOW = 30.0
"""Seconds that a run takes."""
_EXACT = Path(__file__).with_name("exact.c")
FEW = 100
"""In fewer samples a single one moves a distance by more than 0.01: such runs do not enter the JSON line."""


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a trace, driven at a speed. `due` is seconds from the first one that is due."""

    arrivals: Arrivals
    pack: Path
    speed: int
    window: tuple[float, float]
    due: Floats


@dataclass(frozen=True, slots=True)
class Shape:
    """Distances from the recorded shape; NaN where there was nothing to compare."""

    interarrival_ks: float
    qps_error: float
    duration_error: float
    latency_ks_max: float
    error_run_ks: float
    self_replay_matches: float
    served_late_ms: float = float("nan")
    """The median of what an answer took beyond its recorded time."""
    floor_ks: float = float("nan")
    """The inter-arrival distance of exact.c."""
    fitted_ks: float = float("nan")
    """The largest latency distance of an endpoint where times are drawn, and of error runs where they are."""
    fitted_error_ks: float = float("nan")
    requests: int = FEW


def main() -> None:
    """Run it all; prints the tables and the JSON line."""
    folder = traces.captures()
    with tempfile.TemporaryDirectory(prefix="bench-fidelity-") as home:
        shapes = [(run, measure(run, Path(home))) for run in _runs(folder, Path(home))]
        matched, skipped = self_replays(folder, Path(home)) if folder else ([], [])
    _print(shapes, matched, skipped, folder)


def _runs(folder: Path | None, home: Path) -> Iterator[Run]:
    found = [read(folder) for read in traces.READERS.values()] if folder else [traces.built_in()]
    for number, arrivals in enumerate(found):
        made = home / f"trace-{number}"
        made.mkdir()
        make_pack(made, traces.exchanges(arrivals), f"trace-{number}")
        for speed in SPEEDS:
            window = traces.busiest(arrivals.times, _WINDOW * speed)
            if window[1] <= arrivals.times[-1] + _WINDOW * speed:
                yield Run(arrivals, made / "pack", speed, window, due(arrivals.times, window, speed))


def due(times: Floats, window: tuple[float, float], speed: int) -> Floats:
    """When each arrival of a window is to be sent, in seconds from the first."""
    micros = np.round(times * 1e6)
    inside = micros[(micros >= window[0] * 1e6) & (micros < window[1] * 1e6)]
    return np.asarray((inside - inside[0]) / 1e6 / speed)


def measure(run: Run, home: Path) -> Shape:
    """Drive the stamping target, then a served copy of the pack."""
    place = home / f"{run.pack.parent.name}-{run.speed}"
    place.mkdir()
    came, floor = arrivals_of(run, place)
    served(run, place / "answers.parquet")
    shape = _shape(run, came, floor, place / "answers.parquet")
    if run.speed != SPEEDS[-1]:
        return shape
    latency, errors = measure_fitted(run, place)
    return replace(shape, fitted_ks=latency, fitted_error_ks=errors)


def arrivals_of(run: Run, place: Path) -> tuple[Floats, float]:
    """When our requests came at the target, and `floor_ks`: NaN where there is no C compiler."""
    exact = sink.compiled(_EXACT)
    planned = np.diff(run.due)
    with sink.running(awake=True) as target:
        target.reset()
        with proc.running(_drive(run, target.url, place / "arrivals.parquet"), place, name="arrivals") as drive:
            _await_end(drive, run)
        came = target.arrivals()
        if exact is None:
            return came, float("nan")
        target.reset()
        (place / "due").write_bytes(np.round(run.due * 1e9).astype(np.int64).tobytes())
        command = [str(exact), target.url.rpartition(":")[2], str(place / "due")]
        with proc.running(command, place, name="exact") as drive:
            _await_end(drive, run)
        return came, ks(planned, np.diff(target.arrivals()))


def served(run: Run, outcomes: Path, *shape: str) -> None:
    """Drive a served copy of the pack; the file gets the outcomes. `shape` is what the server is told besides."""
    port = proc.free_port()
    url, place = f"http://127.0.0.1:{port}", outcomes.parent
    with proc.running([*_serve(run, port), *shape], place, name=f"serve-{outcomes.stem}") as server:
        proc.await_ready(server, lambda: bool(proc.fetch(f"{url}/__sandbox/health")))
        with proc.running(_drive(run, url, outcomes), place, name=outcomes.stem) as drive:
            _await_end(drive, run)


def measure_fitted(run: Run, place: Path) -> tuple[float, float]:
    """The largest latency KS of an endpoint, and the KS of error runs, where both are drawn."""
    outcomes = place / "fitted.parquet"
    served(run, outcomes, "--latency", "fitted", "--errors", "recorded")
    return against_recorded(pq.read_table(run.pack / "exchanges.parquet"), pq.read_table(outcomes))


def against_recorded(recorded: pa.Table, outcomes: pa.Table) -> tuple[float, float]:
    """Served latency and error runs by endpoint against all that was recorded there; the largest distances."""
    distances, failures = [], []
    for name in np.unique(outcomes["endpoint"].to_pylist()):
        was = recorded.filter(pc.equal(recorded["endpoint"], name))
        now = outcomes.filter(pc.equal(outcomes["endpoint"], name))
        if now.num_rows >= FEW:
            took = now["finished"].to_numpy() - now["dispatched"].to_numpy()
            distances.append(ks(was["total_us"].to_numpy() / 1e6, took))
            wrong = [runs(np.asarray(table["status"].to_numpy()) >= 500) for table in (was, now)]
            failures.append(ks(*wrong) if min(map(len, wrong)) >= FEW else float("nan"))
    worst = [max((value for value in found if value == value), default=float("nan")) for found in (distances, failures)]
    return worst[0], worst[1]


def _preferred() -> Sequence[str]:
    return ["--realtime"] if proc.may_prefer() else []


def _serve(run: Run, port: int) -> Sequence[str]:
    command = [sys.executable, "-m", "smartsandbox", "serve", str(run.pack), "--port", str(port)]
    return [*command, *_preferred()]


def _drive(run: Run, url: str, outcomes: Path) -> Sequence[str]:
    window = f"{run.window[0]:g}:{run.window[1]:g}"
    pace = ["--speed", str(run.speed), "--window", window, "--lateness-bound", "1000000"]
    command = [sys.executable, "-m", "smartsandbox", "drive", str(run.pack), "--target", url]
    return [*command, *pace, *_preferred(), "--outcomes", str(outcomes)]


def _await_end(drive: subprocess.Popen[bytes], run: Run) -> None:
    drive.wait(run.due[-1] + 2 * traces.LONGEST_MS / 1000 + 60)


def _shape(run: Run, came: Floats, floor: float, outcomes: Path) -> Shape:
    planned = run.due
    same = len(came) == len(planned)
    late = since_start(came, planned) if same else came - came[0]
    fitted = planned + late if same else late
    length, span = float(planned[-1]), float(came[-1] - came[0])
    latency, errors, matches, later = _answers(run, outcomes)
    return Shape(
        interarrival_ks=ks(np.diff(planned), np.diff(came)),
        qps_error=count_error(planned, fitted),
        duration_error=abs(span - length) / length,
        latency_ks_max=latency,
        error_run_ks=errors,
        self_replay_matches=matches,
        served_late_ms=later,
        floor_ks=floor,
        requests=len(planned),
    )


def _answers(run: Run, file: Path) -> tuple[float, float, float, float]:
    """The largest latency KS of an endpoint, the KS of error runs, the share that match, and `served_late_ms`."""
    outcomes = pq.read_table(file)
    recorded = pq.read_table(run.pack / "exchanges.parquet", columns=["id", "total_us"])
    took = dict(zip(recorded["id"].to_pylist(), recorded["total_us"].to_pylist(), strict=True))
    planned = np.array([took[name] / 1e6 for name in outcomes["exchange"].to_pylist()])
    served = outcomes["finished"].to_numpy() - outcomes["dispatched"].to_numpy()
    endpoints = np.array(outcomes["endpoint"].to_pylist())
    distances = [
        ks(planned[endpoints == name], served[endpoints == name])
        for name in np.unique(endpoints)
        if (endpoints == name).sum() >= FEW
    ]
    differs = np.any(
        [outcomes[name].to_numpy() for name in outcomes.column_names if name.startswith("differs_")], axis=0
    )
    later = float(np.nanmedian(served - planned)) * 1000
    return max(distances, default=float("nan")), _error_runs(outcomes), float(1 - differs.mean()), later


def _error_runs(outcomes: object) -> float:
    """0 where neither side had an error."""
    sides = [np.asarray(outcomes[name].to_numpy()) >= 500 for name in ("recorded_status", "status")]  # type: ignore[index]
    return ks(runs(sides[0]), runs(sides[1])) if sides[0].any() or sides[1].any() else 0.0


def figures(shapes: Sequence[Shape], matched: Sequence[Matched]) -> dict[str, float | None]:
    """The JSON line's values: the worst of all runs; matches are a share of everything replayed."""
    worst: dict[str, float | None] = {}
    for name in KEYS[:-1]:
        enough = [shape for shape in shapes if shape.requests >= FEW]
        known = [value for shape in enough if (value := getattr(shape, name)) == value]
        worst[name] = max(known, default=None)
    shares = [shape.self_replay_matches for shape in shapes]
    shares += [item.matches / item.exchanges for item in matched if item.exchanges]
    return {**worst, "self_replay_matches": min(shares, default=None)}


def _print(
    shapes: Sequence[tuple[Run, Shape]], matched: Sequence[Matched], skipped: Sequence[str], folder: Path | None
) -> None:
    names = [item.name for item in fields(Shape) if item.name != "requests"]
    table = Table(
        "Fidelity: arrivals as the target saw them, answers as the client did",
        ["trace", "speed", "window s", "n", *names],
    )
    for run, shape in shapes:
        window = f"{run.window[0]:g}-{run.window[1]:g}"
        cells = [shown(getattr(shape, name), 4) for name in names]
        table.add(run.arrivals.name, f"{run.speed}x", window, str(len(run.due)), *cells)
    table.notes += sorted({f"{run.arrivals.name}: {run.arrivals.note}" for run, _ in shapes if run.arrivals.note})
    table.notes.append("floor_ks: the inter-arrival distance of exact.c, a thread that only reads the clock and sends")
    table.notes.append("arrivals are stamped by the kernel where the target is written in C; see sink.py")
    if proc.may_prefer():
        table.notes.append("drivers and served packs ran with --realtime")
    table.notes.append(f"runs and endpoints of fewer than {FEW} requests are shown and do not enter the JSON line")
    if folder is None:
        table.notes.append("no captures here (set SMARTSANDBOX_CAPTURES): a built-in seeded trace stands in for them")
    print(table.text(), flush=True)
    if folder is not None:
        print(f"\n{replayed_table(matched, skipped).text()}", flush=True)
    print()
    print(json_line(KEYS, figures([shape for _, shape in shapes], matched)), flush=True)
