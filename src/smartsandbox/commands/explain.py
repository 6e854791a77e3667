"""`smartsandbox explain`: which exchanges of a pack answer a request, or how near the pack comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from smartsandbox.commands.options import store_option
from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, locate


@click.command("explain")
@click.argument("pack")
@store_option
@click.option("--method", default="GET", show_default=True)
@click.option("--path", required=True, help="Path, with a query after ? if there is one.")
@click.option("--query", default="", help="The query without its ?, if it is not in --path.")
@click.option("--header", "headers", multiple=True, help="'Content-Type: application/json'; may repeat.")
@click.option("--body", default="", help="The body, or @FILE.")
@click.option("--json", "as_json", is_flag=True, help="The whole explanation as JSON.")
def explain_command(pack: str, store_url: str, as_json: bool, **given: Any) -> None:
    """Say which exchanges of PACK answer a request, or what differs from the nearest."""
    from smartsandbox.replay_engine.explain.explainer import Explainer
    from smartsandbox.replay_engine.matching.bindings import Bindings
    from smartsandbox.replay_engine.serve.prepared import Prepared

    described = _described(**given)
    opened = Pack.open(locate(PACKS, pack, store_url))
    lookup = Prepared.of(opened).lookup(opened)
    seeker = lookup.seeker(Bindings(), *described.names())
    found = Explainer(lookup).explain(described.asked(lookup.matching), seeker)
    if as_json:
        click.echo(pretty_json(found.to_json()), nl=False)
        return
    click.echo(found.sentence())
    for near in found.nearest:
        click.echo(
            f"  {near.exchange}  {near.endpoint}  agrees in {', '.join(near.agree) or 'nothing'}; {near.differs}"
        )


def _described(method: str, path: str, query: str, headers: tuple[str, ...], body: str) -> Any:
    from smartsandbox.replay_engine.explain.asking import Described, header_pairs

    if not path.startswith("/"):
        raise UsageError(f"--path {path!r} must begin with /")
    bare, _, inline = path.partition("?")
    return Described(method, bare, query or inline, header_pairs(headers), _content(body))


def _content(body: str) -> bytes:
    if not body.startswith("@"):
        return body.encode()
    try:
        return Path(body[1:]).read_bytes()
    except OSError as error:
        raise UsageError(f"--body {body}: {error.strerror or type(error).__name__}") from error
