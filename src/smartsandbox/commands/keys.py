"""`smartsandbox keys`: the key that this seat signs with, and the public keys whose signatures it takes."""

from __future__ import annotations

from pathlib import Path

import click

from smartsandbox.packs.keyring import new_key, own_key, signing_key_file, trust, trusted_keys, trusted_place, untrust


@click.group("keys")
def keys_group() -> None:
    """Show, make and trust the keys that sign packs and fixture sets."""


@keys_group.command("show")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to a file instead.")
def show_command(out: Path | None) -> None:
    """Print the public half of this seat's signing key, made now if there is none, for others to trust."""
    key = own_key().public
    if out is None:
        click.echo(key.pem, nl=False)
    else:
        out.write_text(key.pem, "ascii")
    click.echo(f"Ed25519 key {key.fingerprint} at {signing_key_file()}", err=True)


@keys_group.command("new")
def new_command() -> None:
    """Sign with a new key from now on. What the old one signed still opens here."""
    made, kept = new_key()
    click.echo(f"signing with the new Ed25519 key {made.public.fingerprint} at {signing_key_file()}")
    if kept is not None:
        click.echo(f"the old key is gone; its public half stays trusted as {kept}")
    click.echo("give its public half to the seats that verify: smartsandbox keys show --out NAME.pub")


@keys_group.command("trust")
@click.argument("file", type=click.Path(path_type=Path))
def trust_command(file: Path) -> None:
    """Take the signatures of the public key in FILE (PEM). Compare its fingerprint with its owner's first."""
    key, place = trust(file)
    click.echo(f"trusted Ed25519 key {key.fingerprint} as {place}")


@keys_group.command("untrust")
@click.argument("key")
def untrust_command(key: str) -> None:
    """Stop taking the signatures of KEY: its fingerprint (or 8 characters or more of its beginning) or its name."""
    gone = untrust(key)
    for one in gone:
        click.echo(f"removed {one.name}: Ed25519 key {one.fingerprint}")
    if gone[0].key in (one.key for one in trusted_keys()):
        click.echo("it is this seat's own key too, which is always trusted here: `smartsandbox keys new` replaces it")
    else:
        click.echo("what only this key signed does not open here any more")


@keys_group.command("list")
def list_command() -> None:
    """List every key whose signatures are taken here. `untrust` stops that."""
    keys = trusted_keys()
    for one in keys:
        click.echo(f"{one.fingerprint}  {one.name}")
    if not keys:
        click.echo("no key is trusted here: `smartsandbox keys trust FILE` takes a publisher's public key")
    click.echo(f"public keys are read from {trusted_place()}", err=True)
