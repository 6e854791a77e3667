"""The options that name the files of a run, and their writing at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from smartsandbox.packs.errors import SandboxError, UsageError

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


def finish_run(driven: Any, objectives: Sequence[Any], files: Mapping[str, Path], both: Any = None) -> None:
    """Write what was asked for, print the report, and end with the exit code of its verdict.

    A file that cannot be written costs neither the others nor the report: it is one line, and exit code 1 where the
    verdict has none of its own.
    """
    from smartsandbox.replay_engine.report.build import build_report
    from smartsandbox.replay_engine.report.terminal import to_text
    from smartsandbox.replay_engine.report.verdict import raise_for

    report = build_report(driven, objectives, both)
    failed = [line for kind, file in files.items() if (line := _written(kind, driven, report, file))]
    click.echo(to_text(report))
    try:
        raise_for(report)
    except SandboxError:
        _say(failed)
        raise
    if failed:
        _say(failed[1:])
        raise SandboxError(failed[0])


def _say(failed: Sequence[str]) -> None:
    for line in failed:
        click.echo(f"error: {line}", err=True)


def _written(kind: str, driven: Any, report: Mapping[str, Any], file: Path) -> str | None:
    """Why a file could not be written, if it could not."""
    from smartsandbox.replay_engine.report.files import RUN_FILES

    try:
        RUN_FILES[kind](driven, report, file)
    except SandboxError as error:
        return str(error)
    except OSError as error:
        return f"--{kind} {file} cannot be written: {error.strerror or type(error).__name__}"
    return None
