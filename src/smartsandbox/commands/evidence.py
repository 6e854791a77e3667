"""What commands print of a certificate and of who signed, in the same words wherever it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from smartsandbox.commands.verdicts import MARKS, accepted
from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.certificate import Certificate
from smartsandbox.packs.certificate_page import About, certificate_page
from smartsandbox.packs.claims import claim_of
from smartsandbox.packs.errors import NotSafeError, UsageError
from smartsandbox.packs.guard import Guarded
from smartsandbox.packs.keyring import TrustedKey
from smartsandbox.packs.requirements import Requirement, unmet

F = TypeVar("F", bound=Callable[..., Any])


class Opened(Protocol):
    """A pack or a fixture set."""

    @property
    def manifest(self) -> Guarded: ...

    @property
    def certificate(self) -> Certificate: ...

    @property
    def signers(self) -> tuple[TrustedKey, ...]: ...


def require_option(command: F) -> F:
    """`--require NAME=NUMBER`: bounds that a certificate must have been judged at, or stricter."""
    return click.option(
        "--require",
        "required",
        multiple=True,
        metavar="NAME=NUMBER",
        help="A bound to insist on, as k=10 or risk=0.1: the certificate must be that strict or stricter.",
    )(command)


html_option = click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the certificate as a page for a reviewer."
)


def echo_verified(opened: Opened, required: Sequence[str]) -> None:
    """What was verified: digests, signature, bounds. Raises as `echo_checks` does."""
    manifest = opened.manifest
    click.echo(f"verified {manifest.name}@{manifest.version}")
    click.echo(f"  digest       {manifest.digest}")
    click.echo(f"  files        {len(manifest.resources)} with the bytes and rows that the manifest names")
    for signer in opened.signers:
        click.echo(f"  signature    Ed25519 key {signer.fingerprint}, trusted as {signer.name}")
    echo_checks(opened.certificate, required)
    if not manifest.anonymised:
        click.echo("  NOT ANONYMISED: made with a given test key; keep it out of any shared place")


def show_certificate(kind: str, opened: Opened, html: Path | None) -> None:
    """Print the certificate as JSON, or write its page."""
    manifest = opened.manifest
    if html is None:
        click.echo(pretty_json(opened.certificate.to_json()), nl=False)
        return
    about = About(kind, f"{manifest.name}@{manifest.version}", {kind: manifest.digest})
    write_page(html, opened.certificate, about, opened.signers)


def echo_checks(certificate: Certificate, required: Sequence[str]) -> None:
    """The claim, one line a check with its bounds, and the bounds that were insisted on.

    Raises UsageError for a requirement that cannot be read, NotSafeError for one that is not met.
    """
    wanted = [Requirement.parse(text) for text in required]
    click.echo(f"  certificate  {claim_of(certificate).sentence}")
    for verdict in certificate.verdicts:
        limits = ", ".join(f"{name} {value}" for name, value in verdict.bounds.items() if not isinstance(value, list))
        mark = MARKS[verdict.outcome][0]
        click.echo(f"    {mark}  {verdict.check} ({limits or 'no bound'}): {verdict.summary}")
    for line in accepted(certificate.verdicts):
        click.echo(f"    {line}")
    for one in wanted:
        if problem := unmet(certificate, one):
            raise NotSafeError(problem)
        click.echo(f"  required     {one}: met")


def write_page(file: Path, certificate: Certificate, about: About, signers: Sequence[TrustedKey]) -> None:
    """Write the certificate's page. Raises UsageError where it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(certificate_page(certificate, about, signers), "utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or type(error).__name__}") from error
    click.echo(f"wrote {file}: the certificate as a page")
