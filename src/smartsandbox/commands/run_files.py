"""The options that name the files of a run, and their writing at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from smartsandbox.packs.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

KINDS = {
    "json": "Write the report as JSON.",
    "html": "Write the report as one HTML page.",
    "junit": "Write verdict, objectives and endpoints as JUnit XML.",
    "hlog": "Write latencies by the second as an HdrHistogram log.",
    "outcomes": "Write every request's outcome as Parquet.",
}


def run_file_options(command: F) -> F:
    """One option a kind; its value arrives as `json_file`, `html_file` and so on."""
    for kind, words in reversed(KINDS.items()):
        path = click.Path(path_type=Path, dir_okay=False)
        command = click.option(f"--{kind}", f"{kind}_file", type=path, help=words)(command)
    return command


def chosen_files(given: Mapping[str, Any]) -> dict[str, Path]:
    """The files that were asked for. A run must not fail at its end for a folder that was missing at its start."""
    files = {kind: given[f"{kind}_file"] for kind in KINDS if given[f"{kind}_file"] is not None}
    for kind, file in files.items():
        if not file.absolute().parent.is_dir():
            raise UsageError(f"--{kind} {file}: its folder does not exist; make it first")
    return files


def write_run_files(driven: Any, report: Mapping[str, Any], files: Mapping[str, Path]) -> None:
    """Write what was asked for."""
    from smartsandbox.replay_engine.report.files import RUN_FILES

    for kind, file in files.items():
        RUN_FILES[kind](driven, report, file)
