"""`smartsandbox demo`: the whole loop on the bundled sample service."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("demo")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo-out"), show_default=True, help="Where everything goes."
)
@click.option(
    "--exchanges",
    default=4000,
    show_default=True,
    type=click.IntRange(3000, 20_000),
    help="How many; fewer hide nobody.",
)
@click.option("--seed", default=7, show_default=True, help="The seed of the invented customers and of what they do.")
def demo_command(out: Path, exchanges: int, seed: int) -> None:
    """Record the sample service, run the pipeline, serve and drive a pack, and show where everything is."""
    from smartsandbox.demo.loop import run_demo

    run_demo(out, exchanges, seed)
