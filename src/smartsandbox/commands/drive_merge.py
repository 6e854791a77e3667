"""`smartsandbox drive-merge`: the outcome files of a run's workers as one run, with one report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from smartsandbox.commands.options import store_option
from smartsandbox.commands.run_files import chosen_files, finish_run, run_file_options
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, locate


@click.command("drive-merge")
@click.argument("pack")
@click.argument("parts", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@store_option
@click.option("--objective", "objectives", multiple=True, help="Such as p95<500ms or errors<1%; may repeat.")
@run_file_options
def drive_merge_command(pack: str, parts: tuple[Path, ...], store_url: str, **given: Any) -> None:
    """Join PARTS, the outcome files that workers of one run of PACK left, and report as `drive` does. TEST ONLY.

    Exit codes are those of `drive`; a worker whose file is missing makes the run inconclusive (5).
    """
    from smartsandbox.replay_engine.drive.merge import merge_files
    from smartsandbox.replay_engine.report.objectives import parse_objective
    from smartsandbox.replay_engine.rows import Rows

    wanted, files = [parse_objective(text) for text in given["objectives"]], chosen_files(given)
    opened = Pack.open(locate(PACKS, pack, store_url))
    finish_run(merge_files(opened, Rows.load(opened), parts), wanted, files)
