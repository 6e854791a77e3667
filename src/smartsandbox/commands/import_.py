"""`smartsandbox import`: captures of every known format into a raw trace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from smartsandbox.console import show_progress, wide_console
from smartsandbox.packs.capture.imports import FILES_READ, import_captures
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.model import Exchange, Ledger
from smartsandbox.packs.trace import RAW, require_writable, write_trace

SHOWN_HOSTS = 5


@click.command("import")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the trace to write.")
@click.option("--service", help="The service's name; by default it is made from the busiest host.")
def import_command(paths: tuple[Path, ...], out: Path, service: str | None) -> None:
    """Read captures (files or folders, in any mixture) into a raw trace.

    HAR 1.2, mitmproxy flow files, VCR or vcrpy cassettes, GoReplay files and access logs are told apart by their
    content. What cannot be read is listed on standard error, one line each, and the rest goes on. A raw trace holds
    production data: anonymize it.
    """
    require_writable(out)
    report = Report()
    try:
        exchanges, ledger = import_captures(paths, service, show_progress, report)
    finally:
        _print_lines(report)
    trace = write_trace(out, exchanges, RAW, ledger)
    print_summary(exchanges, ledger)
    click.echo(f"wrote {trace.path} ({trace.count} exchanges); next: smartsandbox anonymize {trace.path} --suggest")


def _print_lines(report: Report) -> None:
    if report.ledger.kept == 0 and len(report.lines) == 1:
        return  # it is the command's own error line
    for line in report.listing():
        click.echo(line, err=True)


def print_summary(exchanges: Sequence[Exchange], ledger: Ledger) -> None:
    """A table of what was kept and what was not, on standard output."""
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in summary_rows(exchanges, ledger):
        table.add_row(Text(name), Text(value))
    wide_console().print(table)


def summary_rows(exchanges: Sequence[Exchange], ledger: Ledger) -> list[tuple[str, str]]:
    """The summary's lines as (name, value), in reading order."""
    rows = [("exchanges kept", str(ledger.kept)), ("dropped", str(ledger.seen - ledger.kept))]
    rows += [(f"  {reason}", str(count)) for reason, count in sorted(ledger.dropped.items())]
    rows.append(("files read", str(ledger.notes.get(FILES_READ, 0))))
    rows.append(("files unreadable", str(len(ledger.unreadable_files))))
    rows.append(("sessions", str(len({exchange.session for exchange in exchanges}))))
    rows.append(("span", _span(exchanges)))
    rows.append(("hosts", _hosts(exchanges)))
    rows += [(f"note: {what}", str(count)) for what, count in sorted(ledger.notes.items()) if what != FILES_READ]
    return rows


def _span(exchanges: Sequence[Exchange]) -> str:
    first, last = (pick(exchange.started_us for exchange in exchanges) for pick in (min, max))
    return f"{_moment(first)} to {_moment(last)}"


def _moment(moment_us: int) -> str:
    return datetime.fromtimestamp(moment_us // 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _hosts(exchanges: Sequence[Exchange]) -> str:
    """The busiest hosts with their counts. A host name is the service's own, not a client's."""
    counts: dict[str, int] = {}
    for exchange in exchanges:
        counts[exchange.request.host] = counts.get(exchange.request.host, 0) + 1
    busiest = sorted(counts, key=lambda host: (-counts[host], host))
    shown = ", ".join(f"{host} ({counts[host]})" for host in busiest[:SHOWN_HOSTS])
    return shown + (f" and {len(busiest) - SHOWN_HOSTS} more" if len(busiest) > SHOWN_HOSTS else "")
