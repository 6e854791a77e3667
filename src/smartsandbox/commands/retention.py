"""`smartsandbox retention`: what has been kept for longer than it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from smartsandbox.console import wide_console
from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.retention import Expired, Limits, expired, period, remove
from smartsandbox.packs.store import Store
from smartsandbox.replay_engine.clock import utc_now

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("retention")
@click.option("--captures", type=_FOLDER, help="Folder of captures; --keep-raw holds for it.")
@click.option("--work", type=_FOLDER, help="Folder of traces and a pipeline's files; --keep-raw holds for it.")
@click.option("--store", "store_url", envvar="SMARTSANDBOX_STORE", help="Store of packs; --keep-packs holds for it.")
@click.option("--keep-raw", metavar="PERIOD", help="Such as 12h, 30d or 8w.")
@click.option("--keep-packs", metavar="PERIOD", help="Likewise, counted from publishing.")
@click.option("--apply", "apply_", is_flag=True, help="Delete and withdraw; without it only list.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def retention_command(
    captures: Path | None,
    work: Path | None,
    store_url: str | None,
    keep_raw: str | None,
    keep_packs: str | None,
    apply_: bool,
    as_json: bool,
) -> None:
    """List captures, traces and packs that are older than their limit; with --apply, delete or withdraw them.

    Only what is recognised is touched: captures by their content, traces by their trace.json, packs by the store.
    Policies stay, since they hold decisions and no data. A withdrawn version leaves a tombstone.
    """
    limits = Limits(period(keep_raw) if keep_raw else None, period(keep_packs) if keep_packs else None)
    _require_sense(limits, captures, work, store_url)
    store = Store(store_url) if store_url and limits.packs else None
    now = utc_now()
    found = expired(limits, captures, work, store, now)
    removed = remove(found, store, now) if apply_ else 0
    show: Callable[[list[Expired], int], None] = _show_json if as_json else _show_table
    show(found, removed)


def _require_sense(limits: Limits, captures: Path | None, work: Path | None, store_url: str | None) -> None:
    if limits.raw is None and limits.packs is None:
        raise UsageError("no limit is given: --keep-raw PERIOD, --keep-packs PERIOD or both")
    if limits.raw is not None and captures is None and work is None:
        raise UsageError("--keep-raw needs a place: --captures FOLDER, --work FOLDER or both")
    if limits.packs is not None and not store_url:
        raise UsageError("--keep-packs needs a place: --store URL")


def _show_json(found: list[Expired], removed: int) -> None:
    click.echo(pretty_json({"expired": [asdict(one) for one in found], "removed": removed}), nl=False)


def _show_table(found: list[Expired], removed: int) -> None:
    from rich.table import Table

    if not found:
        click.echo("nothing is older than its limit")
        return
    table = Table("what", "place", "age", "bytes", box=None, header_style="bold", pad_edge=False)
    for one in found:
        table.add_row(one.sort, one.place, f"{one.age_days} d", f"{one.bytes:,}" if one.bytes else "")
    wide_console().print(table)
    click.echo(f"{removed} removed" if removed else f"{len(found)} past their limit; --apply removes them")
