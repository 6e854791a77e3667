"""`smartsandbox drive`: a pack as load, at production's shape, and a report of what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from smartsandbox.commands.options import store_option
from smartsandbox.commands.rate import RATE
from smartsandbox.commands.run_files import chosen_files, finish_run, run_file_options
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.no_pandas import leave_pandas_out
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, locate

_RULES = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("drive")
@click.argument("pack")
@store_option
@click.option("--target", required=True, help="URL of the sandbox; only this machine is driven.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="How many times the recorded pace.")
@click.option("--rate", type=RATE, help="Requests a second (50 or 50/s), evenly, instead of the recorded pace.")
@click.option("--window", help="Only the recorded seconds START:END, counted from the pack's start.")
@click.option("--loop", help="Repeat it: so many rounds (3), or for so long (90s, 10m, 2h); each with new sessions.")
@click.option("--ramp", help="FROM:TO:SECONDS, as rates (10/s:200/s:60) or speeds (1x:4x:60).")
@click.option("--shape", help="NAME:NUMBERS, such as spike:50/s:500/s:30:10 or poisson:50/s; see the guide.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of a shape that draws.")
@run_file_options
@click.option("--max-in-flight", type=click.IntRange(1), default=1000, show_default=True, help="More are shed.")
@click.option("--timeout", type=click.FloatRange(0.001), default=30.0, show_default=True, help="Seconds for an answer.")
@click.option(
    "--lateness-bound",
    type=click.FloatRange(0.0, min_open=True),
    default=20.0,
    show_default=True,
    help="Milliseconds at p99 above which the generator fell behind and the run is INVALID.",
)
@click.option("--objective", "objectives", multiple=True, help="Such as p95<500ms or errors<1%; may repeat.")
@click.option("--rules", "rules_file", type=_RULES, help="YAML: what may differ, what to sign anew, how to log in.")
@click.option("--against", help="URL of a second sandbox: it gets the same, and the report says where it differs.")
@click.option("--no-bind", is_flag=True, help="Send ids, tokens and cursors as recorded, not as the target answers.")
@click.option("--skip-unbound", is_flag=True, help="Do not send a request whose value was never answered.")
@click.option("--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="PEM authorities for https.")
@click.option("--realtime", is_flag=True, help="Send before other work of this machine; needs the kernel's leave.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that share the run.")
@click.option("--worker", "share", help="Drive only share INDEX/COUNT, as a Kubernetes Indexed Job's pod does.")
@click.option(
    "--start-at", envvar="SMARTSANDBOX_START_AT", show_envvar=True, help="When it starts: Unix seconds or ISO 8601."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be sent.")
def drive_command(pack: str, store_url: str, target: str, against: str | None, dry_run: bool, **given: Any) -> None:
    """Drive PACK (a folder, or NAME[@VERSION]) at a sandbox and report. TEST ONLY.

    Exit codes: 0 held, 3 the target does not answer, 4 the target is not this machine or the pack is refused, 5 the
    run says nothing (the generator fell behind, requests were shed, a worker was lost), 99 an objective was breached.
    """
    from smartsandbox.replay_engine.drive.options import DriveOptions
    from smartsandbox.replay_engine.drive.target import resolve_target
    from smartsandbox.replay_engine.report.objectives import parse_objective

    leave_pandas_out()
    wanted = [parse_objective(text) for text in given["objectives"]]
    share = _share(given, against)
    options = DriveOptions(
        pacing=_pacing(given),
        share=share,
        realtime=given["realtime"],
        max_in_flight=given["max_in_flight"],
        timeout=given["timeout"],
        lateness_bound=given["lateness_bound"] / 1000,
        bind=not given["no_bind"],
        skip_unbound=given["skip_unbound"],
        rules=_rules(given["rules_file"]),
    )
    files = chosen_files(given)
    where = [resolve_target(url, given["ca"]) for url in (target, against) if url is not None]
    opened = Pack.open(locate(PACKS, pack, store_url))
    if dry_run:
        _forecast(opened, options.pacing)
        return
    _say_if_long(opened, options.pacing)
    driven, both = _drive(opened, where, options, given)
    finish_run(driven, wanted, files, both)


def _drive(pack: Pack, targets: Any, options: Any, given: Mapping[str, Any]) -> tuple[Any, Any]:
    """The run, and with a second target both."""
    from smartsandbox.replay_engine.drive.barrier import At, parse_instant
    from smartsandbox.replay_engine.drive.driver import drive_pack
    from smartsandbox.replay_engine.drive.options import shared

    with _bar() as watch:
        if len(targets) > 1:
            both = _drive_both(pack, tuple(targets), options, given["workers"], watch)
            return both.one, both
        if given["workers"] > 1:
            from smartsandbox.replay_engine.drive.workers import drive_workers

            return drive_workers(pack, targets[0], options, given["workers"], watch), None
        gate = At(parse_instant(given["start_at"])) if given["start_at"] else None
        if options.share.count > 1:
            options = shared(options, pack.manifest.digest, given["start_at"])
        return drive_pack(pack, targets[0], options, watch, gate), None


def _drive_both(pack: Pack, targets: Any, options: Any, workers: int, watch: Any) -> Any:
    if workers > 1:
        from smartsandbox.replay_engine.drive.workers import drive_workers_at_both

        return drive_workers_at_both(pack, targets, options, workers, watch)
    from smartsandbox.replay_engine.drive.both import drive_pack_at_both

    return drive_pack_at_both(pack, targets, options, watch)


def _share(given: Mapping[str, Any], against: str | None) -> Any:
    from smartsandbox.replay_engine.drive.share import parse_share, share_of

    share = parse_share(given["share"]) if given["share"] else share_of(os.environ)
    if against is not None and (share.count > 1 or given["start_at"]):
        raise UsageError("two targets are compared on one machine that starts at once: leave share and start time out")
    if given["workers"] > 1 and (share.count > 1 or given["start_at"]):
        raise UsageError("--workers starts its own processes together: give either it, or a share and a start time")
    if share.count > 1 and not given["start_at"]:
        raise UsageError(f"worker {share} must start with the others: give all of them one --start-at")
    if share.count > 1 and given["outcomes_file"] is None:
        raise UsageError(f"worker {share} must leave --outcomes FILE, for drive-merge to join")
    return share


def _forecast(pack: Pack, pacing: Any) -> None:
    import numpy as np

    from smartsandbox.replay_engine.drive.forecast import forecast
    from smartsandbox.replay_engine.drive.pacing import schedule

    plan = schedule(pack.table("exchanges", ["offset_us"])["offset_us"].to_numpy().astype(np.int64), pacing)
    click.echo(forecast(pack, plan))


def _say_if_long(pack: Pack, pacing: Any) -> None:
    from smartsandbox.replay_engine.drive.forecast import long_run

    if line := long_run(pack.manifest.span_us, pacing):
        click.echo(line, err=True)


def _pacing(given: Mapping[str, Any]) -> Any:
    from smartsandbox.replay_engine.drive.pacing import ONCE, Pacing, parse_loop
    from smartsandbox.replay_engine.drive.shapes import parse_shape

    if given["ramp"] and given["shape"]:
        raise UsageError("--ramp and --shape each set the whole pace: give one of them")
    shape = f"ramp:{given['ramp']}" if given["ramp"] else given["shape"]
    return Pacing(
        speed=given["speed"],
        rate=given["rate"],
        window=_window(given["window"]),
        loop=parse_loop(given["loop"]) if given["loop"] else ONCE,
        shape=parse_shape(shape) if shape else None,
        seed=given["seed"],
    )


def _rules(file: Path | None) -> Any:
    from smartsandbox.replay_engine.drive.sandbox.rules import SandboxRules

    if file is None:
        return SandboxRules()
    from smartsandbox.replay_engine.drive.rules_file import read_rules

    return read_rules(file, os.environ)


def _window(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    start, _, end = text.partition(":")
    try:
        return float(start), float(end)
    except ValueError as error:
        raise UsageError(f"window {text!r} is not START:END in seconds, such as 60:120") from error


@contextmanager
def _bar() -> Iterator[Callable[[int], None]]:
    """A count on standard error where that is a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield _look_away
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} requests ended"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False) as progress:
        task = progress.add_task("driving", total=None)

        def watch(ended: int) -> None:
            progress.update(task, completed=ended, refresh=True)

        yield watch


def _look_away(ended: int) -> None:
    """Where nobody looks, nothing is shown."""
