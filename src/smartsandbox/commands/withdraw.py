"""`packs withdraw` and `fixtures withdraw`: a version leaves the store and cannot come back."""

from __future__ import annotations

import click

from smartsandbox.commands.options import store_option
from smartsandbox.packs.store import Store, noun
from smartsandbox.packs.withdrawal import REASONS
from smartsandbox.replay_engine.clock import utc_now


def withdraw_command(kind: str) -> click.Command:
    """The `withdraw` of a kind of item."""

    @click.command("withdraw", short_help="Remove a version for good and leave a tombstone.")
    @click.argument("ref", metavar="NAME@VERSION")
    @store_option
    @click.option(
        "--reason", type=click.Choice(REASONS), required=True, help="Stands in the tombstone, which others can read."
    )
    def withdraw(ref: str, store_url: str, reason: str) -> None:
        """Remove the files of NAME@VERSION from the store and leave a tombstone.

        The version is refused from then on, by exit code 4, and never published again. Whoever fetched a copy before
        still has it: tell them.
        """
        stone = Store(store_url).withdraw(kind, ref, reason, utc_now())
        click.echo(f"{noun(kind)} {stone.ref} {stone.sentence}; its files are removed from {store_url}")

    return withdraw
