"""`smartsandbox scan`: search anything that is to be published, or was, for the values of a raw trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from smartsandbox.anonymize.leaks.files import FileScan
from smartsandbox.anonymize.leaks.scanner import LeakScanner
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.policy_file import read_policy
from smartsandbox.anonymize.vocabulary import vocabulary_of
from smartsandbox.commands.options import trace_argument
from smartsandbox.console import show_progress
from smartsandbox.packs.errors import InconclusiveError, NotSafeError, UsageError
from smartsandbox.packs.trace import Trace
from smartsandbox.pipelines.source_values import SINGLE_NAMES, find_source_values


@click.command("scan")
@trace_argument
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--policy", "policy_file", required=True, type=click.Path(path_type=Path), help="The policy of the raw trace."
)
@click.option(
    "--canary",
    "canary_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file of further values, one a line; may be repeated.",
)
@click.option(
    "--synthetic", is_flag=True, help="Leave out first and last names that stand alone: invented people have them too."
)
def scan_command(
    trace: Path, paths: tuple[Path, ...], policy_file: Path, canary_files: tuple[Path, ...], synthetic: bool
) -> None:
    """Search files and folders for every value of the raw TRACE that its policy replaces.

    Values are found as written and in nine encodings, three deep, in raw bytes, in columns of Parquet files, in file
    names, and inside zip, tar and gzip files. A line names file and place of what was found, never the value; exit
    code 4 if there is any. Nothing is written.
    """
    files = _files(paths, trace)
    policy = read_policy(policy_file)
    values = [*_source_values(trace, policy, synthetic), *_canaries(canary_files)]
    scanner = LeakScanner(values, vocabulary=vocabulary_of(policy))
    if not scanner.count:
        raise InconclusiveError(
            f"{trace} holds no value to search for under {policy_file}: give one that has, or --canary"
        )
    found = FileScan(scanner.scan())
    for path in show_progress(files, "searching", len(files)):
        found.feed(path, str(path))
    _tell(found.findings(), scanner.count, len(files))


def _source_values(trace: Path, policy: Policy, synthetic: bool) -> Iterator[str]:
    found = find_source_values(Trace.open(trace), policy, show_progress)
    return (one.value for one in found if not (synthetic and one.kind in SINGLE_NAMES))


def _canaries(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        try:
            lines = file.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"--canary {file} cannot be read ({type(error).__name__}): give a UTF-8 text file"
            ) from None
        yield from filter(None, map(str.strip, lines))


def _files(paths: Iterable[Path], raw: Path) -> list[Path]:
    """Every file, folders taken apart, in order of name. Links to folders are not followed."""
    files: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"no file or folder {path}: name what is to be searched")
        if raw.resolve().is_relative_to(path.resolve()):
            raise UsageError(f"{path} holds the raw trace {raw} itself: name what is published, or keep them apart")
        files.update(
            dict.fromkeys([path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file()))
        )
    if not files:
        raise UsageError(f"{', '.join(map(str, paths))}: no file in there: name what is to be searched")
    return list(files)


def _tell(findings: Sequence[str], values: int, files: int) -> None:
    for line in findings:
        click.echo(line)
    if findings:
        raise NotSafeError(
            f"{len(findings)} findings in {files} files: withdraw what was published, and fix its policy"
        )
    click.echo(f"none of {values} source values stands in {files} files")
