"""`smartsandbox packs prepare`: make what serving a pack needs, so that its first start is as fast as the others."""

from __future__ import annotations

import click

from smartsandbox.commands.options import store_option
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, locate


@click.command("prepare")
@click.argument("pack")
@store_option
def prepare_command(pack: str, store_url: str) -> None:
    """Prepare PACK for serving on this machine, as `serve` does at its first start. Nothing is done twice."""
    from smartsandbox.replay_engine.serve.prepared import Prepared

    opened = Pack.open(locate(PACKS, pack, store_url))
    rows = Prepared.of(opened).rows
    click.echo(f"prepared {opened.manifest.name}@{opened.manifest.version}: {len(rows)} exchanges")
