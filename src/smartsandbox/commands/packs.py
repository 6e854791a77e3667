"""`smartsandbox packs`: list, show, verify, compare, prepare and withdraw what is in the store."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from smartsandbox.commands.evidence import echo_verified, html_option, require_option, show_certificate
from smartsandbox.commands.export import export_command
from smartsandbox.commands.options import store_option
from smartsandbox.commands.prepare import prepare_command
from smartsandbox.commands.verdicts import print_verdicts
from smartsandbox.commands.withdraw import withdraw_command
from smartsandbox.console import wide_console
from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.claims import claim_of
from smartsandbox.packs.durations import duration
from smartsandbox.packs.errors import RefusedError
from smartsandbox.packs.guard import PACK
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, Store, locate


@click.group("packs")
def packs_group() -> None:
    """List, show, verify, compare, export and withdraw packs."""


packs_group.add_command(withdraw_command(PACKS))
packs_group.add_command(prepare_command)
packs_group.add_command(export_command)


@packs_group.command("list")
@store_option
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of a table.")
def list_command(store_url: str, as_json: bool) -> None:
    """List the packs of a store."""
    store = Store(store_url)
    items, withdrawn = store.list(PACKS), store.withdrawn(PACKS)
    if as_json:
        listed = [{"ref": item.ref, "url": item.url, **item.manifest} for item in items]
        gone = [{"ref": stone.ref, "withdrawn": asdict(stone)} for stone in withdrawn]
        click.echo(pretty_json([*listed, *gone]), nl=False)
        return
    if not items and not withdrawn:
        click.echo(f"no packs in {store_url}: `smartsandbox publish TRACE --name NAME` makes one")
        return
    table = Table("pack", "template", "service", "exchanges", "errors", "span", box=None, header_style="bold")
    for item in items:
        counts = item.manifest.get("counts", {})
        span = duration(item.manifest.get("span_us"))
        row = (item.ref, item.manifest.get("template"), item.manifest.get("service"))
        table.add_row(*(str(value or "damaged") for value in row), *map(str, _counts(counts)), span)
    for stone in withdrawn:
        table.add_row(stone.ref, f"withdrawn {stone.withdrawn_at[:10]} ({stone.reason})")
    wide_console().print(table)


def _counts(counts: dict[str, Any]) -> tuple[Any, Any]:
    return counts.get("exchanges", "?"), counts.get("errors", "?")


@packs_group.command("show")
@click.argument("pack")
@store_option
@click.option("--json", "as_json", is_flag=True, help="The manifest as JSON, and nothing else.")
def show_command(pack: str, store_url: str, as_json: bool) -> None:
    """Show PACK (a folder, or NAME[@VERSION]): its traffic, its endpoints, and the certificate's verdicts."""
    opened = Pack.open(locate(PACKS, pack, store_url))
    if as_json:
        click.echo(pretty_json(opened.manifest.to_json()), nl=False)
        return
    from smartsandbox.commands.pack_view import curve, endpoints, heading

    shape = opened.table("shape").to_pylist()
    for line in (*heading(opened.manifest), curve(shape), ""):
        click.echo(line)
    wide_console().print(endpoints(shape))
    click.echo()
    print_verdicts(opened.certificate.verdicts)
    click.echo(f"certificate: {claim_of(opened.certificate).sentence}")


@packs_group.command("verify")
@click.argument("pack")
@store_option
@require_option
def verify_command(pack: str, store_url: str, required: tuple[str, ...]) -> None:
    """Check PACK's signature, every digest from its rows, and its certificate's bounds; exit code 4 if any fails."""
    opened = Pack.open(locate(PACKS, pack, store_url))
    problems = list(opened.verify())
    if problems:
        raise RefusedError(f"pack {pack} does not verify: {'; '.join(problems[:5])}; publish it again")
    echo_verified(opened, required)


@packs_group.command("certificate")
@click.argument("pack")
@store_option
@html_option
def certificate_command(pack: str, store_url: str, html: Path | None) -> None:
    """Print the privacy certificate of PACK as JSON, or write the page of it."""
    show_certificate(PACK, Pack.open(locate(PACKS, pack, store_url)), html)


@packs_group.command("diff")
@click.argument("old")
@click.argument("new")
@store_option
def diff_command(old: str, new: str, store_url: str) -> None:
    """Compare two packs: endpoints that came or went, and counts by endpoint and status."""
    before, after = (_answers(Pack.open(locate(PACKS, ref, store_url))) for ref in (old, new))
    changed = [
        (key, before[key], after[key]) for key in sorted(before.keys() | after.keys()) if before[key] != after[key]
    ]
    for (endpoint, outcome), was, now in changed:
        click.echo(f"{endpoint}  {outcome}  {was} -> {now}")
    if not changed:
        click.echo("the same exchanges by endpoint and outcome")


def _answers(pack: Pack) -> Counter[tuple[str, str]]:
    table = pack.table("exchanges", ["endpoint", "status", "failure"])
    outcomes = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return Counter((endpoint, failure or str(status)) for endpoint, status, failure in outcomes)
