"""`smartsandbox fixtures`: publish fixture sets from a certified trace, list, show, write out and withdraw them."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from smartsandbox.commands.evidence import echo_verified, html_option, require_option, show_certificate
from smartsandbox.commands.options import store_option, trace_argument
from smartsandbox.commands.withdraw import withdraw_command
from smartsandbox.console import show_progress, wide_console
from smartsandbox.fixtures.fixture_set import FixtureDraft, FixtureSet, publish_fixtures
from smartsandbox.fixtures.load import LOADERS
from smartsandbox.fixtures.synthesizer import SYNTHESIZERS
from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.errors import RefusedError, UsageError
from smartsandbox.packs.guard import FIXTURE_SET
from smartsandbox.packs.store import FIXTURES, Item, Store, locate


@click.group("fixtures")
def fixtures_group() -> None:
    """Publish, list, load and withdraw fixture sets."""


fixtures_group.add_command(withdraw_command(FIXTURES))


@fixtures_group.command("list")
@store_option
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of a table.")
def list_command(store_url: str, as_json: bool) -> None:
    """List the fixture sets of a store."""
    store = Store(store_url)
    items, withdrawn = store.list(FIXTURES), store.withdrawn(FIXTURES)
    if as_json:
        listed = [{"ref": item.ref, "url": item.url, **item.manifest} for item in items]
        gone = [{"ref": stone.ref, "withdrawn": asdict(stone)} for stone in withdrawn]
        click.echo(pretty_json([*listed, *gone]), nl=False)
        return
    if not items and not withdrawn:
        click.echo(f"no fixture sets in {store_url}: `smartsandbox fixtures publish TRACE --name NAME` makes one")
        return
    table = Table("fixture set", "tables", "rows", "synthesizer", box=None, header_style="bold")
    for item in items:
        table.add_row(item.ref, *_summary(item))
    for stone in withdrawn:
        table.add_row(stone.ref, f"withdrawn {stone.withdrawn_at[:10]} ({stone.reason})")
    wide_console().print(table)


def _summary(item: Item) -> tuple[str, str, str]:
    tables = item.manifest.get("tables")
    if not isinstance(tables, list):
        return "damaged", "", ""
    rows = sum(table.get("rows", 0) for table in tables)
    return str(len(tables)), str(rows), str(item.manifest.get("synthesizer", "?"))


@fixtures_group.command("show")
@click.argument("fixtures")
@store_option
def show_command(fixtures: str, store_url: str) -> None:
    """Verify FIXTURES (a folder, or NAME[@VERSION]) and show its tables, canonical entities and findings."""
    opened = _verified(fixtures, store_url)
    manifest = opened.manifest
    click.echo(f"{manifest.name}@{manifest.version}  TEST ONLY  synthesizer {manifest.synthesizer}, k = {manifest.k}")
    click.echo(f"  digest   {manifest.digest}")
    click.echo(f"  licence  {manifest.licence}")
    if not manifest.anonymised:
        click.echo("  NOT ANONYMISED: made with a given test key; keep it out of any shared place")
    for table in manifest.tables:
        keys = "".join(f"; {column} -> {parent}" for column, parent in sorted(table.references.items()))
        click.echo(f"  {table.name}: {table.rows} rows, {len(table.columns)} columns, key {table.key}{keys}")
    for name, entity in opened.canonical().items():
        click.echo(f"  {name} ({entity['table']} {entity['key']}): {entity['meaning']}")
    for finding in manifest.findings:
        click.echo(f"  note: {finding}")


@fixtures_group.command("verify")
@click.argument("fixtures")
@store_option
@require_option
def verify_command(fixtures: str, store_url: str, required: tuple[str, ...]) -> None:
    """Check FIXTURES' signature, every digest from its rows, and its certificate's bounds; exit code 4 if any fails."""
    echo_verified(_verified(fixtures, store_url), required)


@fixtures_group.command("certificate")
@click.argument("fixtures")
@store_option
@html_option
def certificate_command(fixtures: str, store_url: str, html: Path | None) -> None:
    """Print the privacy certificate of FIXTURES as JSON, or write the page of it."""
    show_certificate(FIXTURE_SET, FixtureSet.open(locate(FIXTURES, fixtures, store_url)), html)


def _verified(ref: str, store_url: str) -> FixtureSet:
    opened = FixtureSet.open(locate(FIXTURES, ref, store_url))
    problems = list(opened.verify())
    if problems:
        raise RefusedError(f"fixture set {ref} does not verify: {'; '.join(problems[:5])}; publish it again")
    return opened


@fixtures_group.command("publish")
@trace_argument
@click.option("--name", required=True, help="The set's name: a-z 0-9 . _ -")
@store_option
@click.option(
    "--rows",
    default=200,
    show_default=True,
    help="Rows of the largest table that refers to no other; the rest in proportion.",
)
@click.option("--seed", default=0, show_default=True, help="The seed of every draw.")
@click.option("--k", default=5, show_default=True, help="Least number of sessions that hold what a model may see.")
@click.option("--synthesizer", type=click.Choice(list(SYNTHESIZERS)), default="sdv", show_default=True)
@click.option("--version", default="", help="By default it is made from the set's digest.")
def publish_command(
    trace: Path, name: str, store_url: str, rows: int, seed: int, k: int, synthesizer: str, version: str
) -> None:
    """Learn from the certified TRACE and put a synthetic fixture set into the store."""
    draft = FixtureDraft(name, rows, seed, k, synthesizer, version)
    with tempfile.TemporaryDirectory(prefix="smartsandbox-") as aside:
        folder = Path(aside) / "fixtures"
        manifest = publish_fixtures(SafeTrace.open(trace), draft, folder, show_progress)
        item = Store(store_url).put(FIXTURES, folder, manifest.name, manifest.version)
    made = ", ".join(f"{table.name} {table.rows}" for table in manifest.tables)
    click.echo(f"published {item.ref} ({made}) at {item.url}")
    for finding in manifest.findings:
        click.echo(f"note: {finding}", err=True)


@fixtures_group.command("load")
@click.argument("fixtures")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@click.option("--format", "format_", type=click.Choice(list(LOADERS)), default="json", show_default=True)
@store_option
def load_command(fixtures: str, out: Path, format_: str, store_url: str) -> None:
    """Write the rows of FIXTURES (a folder, or NAME[@VERSION]) into a folder for another program."""
    opened = _verified(fixtures, store_url)
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty: choose another --out")
    out.mkdir(parents=True, exist_ok=True)
    for path in LOADERS[format_](opened, out):
        click.echo(str(path))
