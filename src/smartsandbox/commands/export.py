"""`smartsandbox packs export`: a pack in the format of another tool."""

from __future__ import annotations

from pathlib import Path

import click

from smartsandbox.commands.options import store_option
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.interchange import EXPORTERS
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, locate


@click.command("export")
@click.argument("pack")
@click.option("--as", "kind", required=True, type=click.Choice(list(EXPORTERS)), help="The format to write.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@store_option
def export_command(pack: str, kind: str, out: Path, store_url: str) -> None:
    """Write PACK (a folder, or NAME[@VERSION]) for another tool: HAR, WireMock, Hoverfly, k6 or cURL. TEST ONLY.

    What a format cannot express is left out and counted.
    """
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}: the folder {out.parent} does not exist; make it first")
    done = EXPORTERS[kind].write(Pack.open(locate(PACKS, pack, store_url)), out)
    click.echo(f"wrote {', '.join(map(str, done.files))}: {EXPORTERS[kind].title} of {done.written} exchanges")
    for reason, count in sorted(done.left_out.items()):
        click.echo(f"left out {count}: {reason}")
