"""`smartsandbox publish`: freeze a certified trace into one pack a template, and put them in the store."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from smartsandbox.commands.matching import matching_option
from smartsandbox.commands.options import store_option, trace_argument
from smartsandbox.commands.scenario_option import scenarios_in, scenarios_option
from smartsandbox.commands.template_option import rules_in, templates_option
from smartsandbox.console import show_progress
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.manifest import Manifest, checked_name
from smartsandbox.packs.matching.rules_file import read_rules, require_endpoints
from smartsandbox.packs.matching_rules import EXACT, Matching
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.slices import TEMPLATES, pack_name
from smartsandbox.packs.store import PACKS, Item, Store


@click.command("publish")
@trace_argument
@click.option("--name", required=True, help="The pack's name: a-z 0-9 . _ -")
@store_option
@click.option(
    "--template",
    "templates",
    type=click.Choice(list(TEMPLATES)),
    multiple=True,
    default=("full",),
    show_default=True,
    help="Which part of the trace; may be repeated. Templates other than full are published as NAME-TEMPLATE.",
)
@click.option("--version", default="", help="By default it is made from the pack's digest.")
@matching_option
@scenarios_option
@templates_option
@click.option("--seed", default=0, show_default=True, help="The seed of every draw made from this pack.")
def publish_command(
    trace: Path,
    name: str,
    store_url: str,
    templates: tuple[str, ...],
    version: str,
    seed: int,
    matching_file: Path | None,
    scenarios_file: Path | None,
    templates_file: Path | None,
) -> None:
    """Freeze the certified TRACE into replay packs and put them in the store."""
    checked_name(name)
    safe = SafeTrace.open(trace)
    matching = _rules(matching_file, safe) if matching_file else EXACT
    scenarios, rules = scenarios_in(scenarios_file), rules_in(templates_file)
    for template in dict.fromkeys(templates):
        draft = Draft(pack_name(name, template), template, version, seed, matching, scenarios, rules)
        item = publish_to(Store(store_url), safe, draft)
        click.echo(f"published {item.ref} ({template}, {item.manifest['counts']['exchanges']} exchanges) at {item.url}")


def _rules(file: Path, safe: SafeTrace) -> Matching:
    matching = read_rules(file)
    require_endpoints(matching, {exchange.endpoint or "" for exchange in safe.trace.exchanges()}, file)
    return matching


def publish_to(store: Store, safe: SafeTrace, draft: Draft) -> Item:
    """Build a pack aside and put it into a store."""
    with tempfile.TemporaryDirectory(prefix="smartsandbox-") as aside:
        folder = Path(aside) / "pack"
        manifest: Manifest = publish_pack(safe, draft, folder, show_progress)
        return store.put(PACKS, folder, manifest.name, manifest.version)
