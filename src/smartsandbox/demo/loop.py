"""The demo: record, anonymise, learn, publish, serve and drive, in one run that a newcomer can watch.

Each step is a function over the same library calls and commands that a user has; nothing here knows a shortcut. The
recording's customers are invented, and so the demo can prove from the outside what the certificate claims: it looks
for every one of their identifying values in every published byte.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smartsandbox.console import wide_console
from smartsandbox.demo.folder import DemoFolder
from smartsandbox.demo.people import Person, originals
from smartsandbox.demo.proof import search_published
from smartsandbox.demo.recording import SERVICE, record
from smartsandbox.demo.steps import Steps
from smartsandbox.demo.summary import write_index
from smartsandbox.packs.capture.background import LOOPBACK, BackgroundProcess, free_port
from smartsandbox.packs.certificate import Certificate
from smartsandbox.packs.claims import claim_of, outcome_words
from smartsandbox.packs.errors import InconclusiveError, NotSafeError, SandboxError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, locate
from smartsandbox.packs.trace import day_of
from smartsandbox.pipelines.run import Materialised, materialize_all
from smartsandbox.replay_engine.clock import RealClock

POLICY = "policy.yaml"
SPEEDS = (1, 4)
DRIVEN = "peak"


def run_demo(out: Path, exchanges: int, seed: int) -> None:
    """Run the whole loop into `out`. Raises SandboxError with one line if any step does not hold."""
    console = wide_console()
    clock = RealClock()
    steps = Steps(console, clock)
    folder = DemoFolder(out)
    folder.prepare()
    try:
        with steps.step(f"Recording production: {SERVICE}, an invented payments API, through mitmproxy"):
            people, day = _record(folder, exchanges, seed, steps)
        with steps.step("The Dagster graph: import, anonymise, check, learn, publish"):
            made = _materialise(folder, day, steps)
        with steps.step("The privacy certificate"):
            certified = _pack(folder, made, "full")
            _show_certificate(certified.certificate, console)
        with steps.step("Looking for the customers in every published byte"):
            _prove(folder, people, console)
        with steps.step(f"Serving the pack {made.published[f'pack_{DRIVEN}']} and driving it"):
            reports = _serve_and_drive(folder, made, console)
        index = write_index(folder, certified, made.published, reports)
        _say_where(folder, made, index, console)
    finally:
        clock.close()


def _record(folder: DemoFolder, exchanges: int, seed: int, steps: Steps) -> tuple[tuple[Person, ...], str]:
    """The customers, and the day under which their traffic lies in the capture folder."""
    aside = folder.captures / ".recording"
    aside.mkdir()
    recorded = record(seed, seed, aside, exchanges, steps.track)
    day = day_of(int(recorded.flow_file.stat().st_mtime * 1_000_000))
    target = folder.captures / SERVICE / day
    target.parent.mkdir()
    aside.replace(target)
    (target / "_SUCCESS").touch()
    errors = sum(count for status, count in recorded.statuses.items() if status >= 500)
    steps.console.print(
        f"   {recorded.count} exchanges of {len(recorded.people)} customers, {errors} of them 5xx, in {target}"
    )
    return recorded.people, day


def _materialise(folder: DemoFolder, day: str, steps: Steps) -> Materialised:
    with as_file(files("smartsandbox.demo") / POLICY) as reviewed:
        shutil.copy(reviewed, folder.policies / f"{SERVICE}.yaml")
    made = materialize_all(
        folder.captures,
        folder.work,
        str(folder.store),
        SERVICE,
        day,
        folder.policies,
        dagster_home=folder.dagster_home,
        on_event=steps.on_event,
        track=steps.track,
    )
    if not made.success:
        reasons = "; ".join(f"{step}: {reason}" for step, reason in made.failures.items())
        raise SandboxError(f"the graph did not hold: {reasons or [n for n, ok in made.checks.items() if not ok]}")
    return made


def _show_certificate(certificate: Certificate, console: Console) -> None:
    table = Table("", "check", "speaks to", "result", box=None, header_style="bold", padding=(0, 1, 0, 2))
    for verdict in certificate.verdicts:
        mark = "[green]passed[/]" if verdict.passed else f"[yellow]{escape(outcome_words(verdict))}[/]"
        table.add_row(mark, verdict.check, verdict.criterion, escape(verdict.summary))
    console.print(table)
    console.print(f"   {claim_of(certificate).sentence} The run's key was never written.")


def _prove(folder: DemoFolder, people: tuple[Person, ...], console: Console) -> None:
    wanted = {value for values in originals(people).values() for value in values}
    searched = search_published(folder.store, wanted)
    if searched.places:
        raise NotSafeError(f"identifying values stand in {', '.join(searched.places)}")
    megabytes = searched.bytes / 1e6
    console.print(
        f"   [green]0[/] of {len(wanted)} identifying values of {len(people)} people"
        f" stand in {searched.files} files, {megabytes:.1f} MB read as bytes and as values"
    )


def _serve_and_drive(folder: DemoFolder, made: Materialised, console: Console) -> dict[int, Path]:
    """Reports by speed; each is HTML, with JSON beside it."""
    pack = made.published[f"pack_{DRIVEN}"]
    program = [sys.executable, "-m", "smartsandbox"]
    port = free_port()
    serve = [*program, "serve", pack, "--store", str(folder.store), "--port", str(port)]
    reports = {}
    with BackgroundProcess(serve, port, "the pack's server"):
        for speed in SPEEDS:
            report = folder.reports / f"drive-{speed}x.html"
            drive = [*program, "drive", pack, "--store", str(folder.store), "--target", f"http://{LOOPBACK}:{port}"]
            command = [*drive, "--speed", str(speed), "--json", str(report.with_suffix(".json")), "--html", str(report)]
            console.print(f"   [dim]smartsandbox drive {pack} --target http://{LOOPBACK}:{port} --speed {speed}[/]")
            _drive(command, console)
            reports[speed] = report
    return reports


def _drive(command: list[str], console: Console) -> None:
    """Run one drive. On a machine too busy to drive on time the run is INVALID: it is driven once more."""
    for attempt in (1, 2):
        code = subprocess.run(command, check=False).returncode
        if code == 0:
            return
        if code != InconclusiveError.exit_code:
            raise SandboxError(f"driving ended with exit code {code}: see its lines above")
        again = "driving once more" if attempt == 1 else "its report says INVALID, and a quieter machine would say HELD"
        console.print(f"   [yellow]this machine was too busy to drive on time: {again}[/]")


def _pack(folder: DemoFolder, made: Materialised, template: str) -> Pack:
    return Pack.open(locate(PACKS, made.published[f"pack_{template}"], str(folder.store)))


def _say_where(folder: DemoFolder, made: Materialised, index: Path, console: Console) -> None:
    console.print("\n[bold]Done. Where everything is:[/]")
    for what, where in {
        "open in a browser": index.resolve().as_uri(),
        "packs and fixtures": folder.store,
        "raw capture (not published)": folder.captures,
        "reviewed policy": folder.policies / f"{SERVICE}.yaml",
        "reports": folder.reports,
    }.items():
        console.print(f"   {what:<28} {where}")
    store = folder.store
    console.print("\n[bold]Try next:[/]")
    for command in (
        f"smartsandbox packs list --store {store}",
        f"smartsandbox packs verify {made.published['pack_high_error']} --store {store}",
        f"smartsandbox serve {made.published['pack_high_error']} --store {store} --port 8090",
        f"smartsandbox server --store {store} --port 8080",
        f"make dev DEMO={folder.root}",
    ):
        console.print(f"   {'' if command.startswith('make') else '.venv/bin/'}{command}")
