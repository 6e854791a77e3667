"""The projected match rate of a log, as a table or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from smartsandbox.console import show_progress, wide_console
from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.errors import InconclusiveError, ObjectiveBreached

if TYPE_CHECKING:  # the engine loads when the command runs
    from smartsandbox.replay_engine.explain.projection import Projection
    from smartsandbox.replay_engine.matching.lookup import Lookup


def print_projection(lookup: Lookup, log: Path, least: float | None, as_json: bool) -> None:
    """Look up every request of a log and print how it went. Raises ObjectiveBreached under `least`."""
    from smartsandbox.replay_engine.explain.projection import project
    from smartsandbox.replay_engine.explain.sources import requests_in

    found = project(lookup, show_progress(requests_in(log), "looking requests up"))
    if not found.requests:
        raise InconclusiveError(f"{log} holds no request")
    if as_json:
        click.echo(pretty_json(found.to_json()), nl=False)
    else:
        _print(found)
    if least is not None and found.share < least:
        raise ObjectiveBreached(
            f"{found.share:.2%} of {found.requests} requests match; --at-least asks for {least:.2%}"
        )


def _print(found: Projection) -> None:
    tiers = found.by_tier()
    click.echo(f"{found.share:.2%} of {found.requests} requests match: {_told(tiers)}")
    table = Table(box=None, pad_edge=False)
    for name in ("endpoint", *tiers):
        table.add_column(name, justify="left" if name == "endpoint" else "right")
    for endpoint, counts in found.by_endpoint().items():
        table.add_row(endpoint, *(str(counts.get(tier, "")) for tier in tiers))
    wide_console().print(table, markup=False)
    for endpoint, reason, count in found.top_reasons():
        click.echo(f"  {count} x {endpoint}: {reason}")


def _told(tiers: dict[str, int]) -> str:
    return ", ".join(f"{count} {tier}" for tier, count in tiers.items())
