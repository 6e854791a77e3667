"""What must be done after an erasure: the traces, packs and fixture sets made from the old raw trace, as commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Set
from pathlib import Path

import click

from smartsandbox.packs.lineage import Descent, lineages_of, published_from
from smartsandbox.packs.store import FIXTURES, Item, Store, noun
from smartsandbox.packs.trace import Trace


def print_what_follows(raw: Trace, digests: Set[str], policy_file: Path, traces: Path, store_url: str) -> None:
    """List what was made from a raw trace that had any of these digests, and the commands that put it right."""
    folders = lineages_of(digests, traces)
    stale = {run.trace for runs in folders.values() for run in runs}
    items = published_from(stale, Store(store_url))
    if not folders:
        click.echo(f"no anonymised trace under {traces} was made from it (--traces names another place)")
        return
    for folder in folders:
        click.echo(f"made from it: anonymised trace {folder}")
    for item in items:
        click.echo(f"made from it: {noun(item.kind)} {item.ref} in {store_url}")
    if not raw.count:
        click.echo("no exchange is left to publish; remove the anonymised traces and withdraw what was published")
    click.echo("next, in this order:")
    for line in next_commands(raw, policy_file, folders, items, store_url):
        click.echo(f"  {line}")


def next_commands(
    raw: Trace, policy_file: Path, folders: dict[Path, list[Descent]], items: list[Item], store_url: str
) -> Iterator[str]:
    """First the new versions, then the withdrawal of the old ones, so that nobody is without a pack in between."""
    for folder, runs in folders.items() if raw.count else ():
        yield _command("anonymize", raw.path, "--policy", policy_file, "--out", folder)
        made = {run.trace for run in runs}
        mine = [item for item in items if item.manifest["inputs"]["trace"] in made]
        yield from dict.fromkeys(_publication(item, folder, store_url) for item in mine)
    for item in items:
        yield _command(item.kind, "withdraw", item.ref, "--store", store_url, "--reason", "erasure")


def _publication(item: Item, folder: Path, store_url: str) -> str:
    if item.kind == FIXTURES:
        synthesizer = str(item.manifest.get("synthesizer", "sdv"))
        return _command(
            "fixtures", "publish", folder, "--name", item.name, "--synthesizer", synthesizer, "--store", store_url
        )
    template = str(item.manifest.get("template", "full"))
    name = item.name.removesuffix(f"-{template}") if template != "full" else item.name
    return _command("publish", folder, "--name", name, "--template", template, "--store", store_url)


def _command(*words: str | Path) -> str:
    return shlex.join(["smartsandbox", *map(str, words)])
