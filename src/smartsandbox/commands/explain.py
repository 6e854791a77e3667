"""`smartsandbox explain`: which exchanges of a pack answer a request, or how near the pack comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from smartsandbox.commands.matching import fitting, matching_option
from smartsandbox.commands.options import store_option
from smartsandbox.commands.projection import print_projection
from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.matching.rules_file import read_rules
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, locate


@click.command("explain")
@click.argument("pack")
@store_option
@click.option("--method", default="GET", show_default=True)
@click.option("--path", default="", help="Path, with a query after ? if there is one.")
@click.option("--query", default="", help="The query without its ?, if it is not in --path.")
@click.option("--header", "headers", multiple=True, help="'Content-Type: application/json'; may repeat.")
@click.option("--body", default="", help="The body, or @FILE.")
@click.option("--curl", default="", help="A cURL command line instead, or @FILE.")
@click.option("--har", type=click.Path(path_type=Path), help="A HAR file instead; --entry says which of its requests.")
@click.option("--entry", type=click.IntRange(min=0), default=0, show_default=True, help="Entry of --har, from 0.")
@click.option(
    "--log",
    type=click.Path(path_type=Path),
    help="Project the match rate of many requests: a trace, a capture, or JSON Lines of requests.",
)
@click.option("--at-least", default="", help="Least share of --log that has to match, such as 95%; else exit code 99.")
@matching_option
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
def explain_command(
    pack: str,
    store_url: str,
    as_json: bool,
    log: Path | None,
    at_least: str,
    matching_file: Path | None,
    **given: Any,
) -> None:
    """Say which exchanges of PACK answer a request, or what differs from the nearest; or how much of a log matches."""
    from smartsandbox.replay_engine.serve.prepared import Prepared

    least = _share(at_least, log)
    described = _described(**given) if log is None else None
    rules = read_rules(matching_file) if matching_file else None
    opened = fitting(Pack.open(locate(PACKS, pack, store_url)), rules, matching_file)
    lookup = Prepared.of(opened).lookup(opened, rules)
    if log is not None:
        print_projection(lookup, log, least, as_json)
    else:
        _explain(lookup, described, as_json)


def _explain(lookup: Any, described: Any, as_json: bool) -> None:
    from smartsandbox.replay_engine.explain.explainer import Explainer
    from smartsandbox.replay_engine.matching.bindings import Bindings

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
        for tier, reason in near.tiers.items():
            click.echo(f"    {tier}: {reason}")


def _share(text: str, log: Path | None) -> float | None:
    """A share from "95%" or "0.95"."""
    if not text:
        return None
    if log is None:
        raise UsageError("--at-least goes with --log")
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"--at-least {text!r} must be a share such as 95% or 0.95")
    return share


def _described(
    method: str, path: str, query: str, headers: tuple[str, ...], body: str, curl: str, har: Path | None, entry: int
) -> Any:
    from smartsandbox.replay_engine.explain.asking import Described, header_pairs
    from smartsandbox.replay_engine.explain.curl import described_by_curl
    from smartsandbox.replay_engine.explain.sources import entry_of

    if sum(map(bool, (path, curl, har))) != 1:
        raise UsageError("say what is asked by one of --path, --curl, --har or --log")
    if curl:
        return described_by_curl(_content(curl).decode("utf-8", "replace"))
    if har is not None:
        return entry_of(har, entry)
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
        raise UsageError(f"{body}: {error.strerror or type(error).__name__}") from error
