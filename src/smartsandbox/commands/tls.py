"""The options by which a server speaks TLS."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.clock import utc_now
from smartsandbox.replay_engine.serve.tls import Identity, throw_away

F = TypeVar("F", bound=Callable[..., Any])


def tls_options(command: F) -> F:
    """Add `--tls`, `--tls-cert` and `--tls-key`."""
    files = click.Path(path_type=Path)
    command = click.option("--tls-key", type=files, help="The certificate's key, in PEM.")(command)
    command = click.option("--tls-cert", type=files, help="Speak TLS with this certificate (PEM, with its chain).")(
        command
    )
    return click.option("--tls", is_flag=True, help="Speak TLS with a throw-away certificate for localhost.")(command)


@contextmanager
def identity_of(tls: bool, certificate: Path | None, key: Path | None, host: str) -> Iterator[Identity | None]:
    """Who the options say the server is, told on standard output; files that are made last as long as the block."""
    if (certificate is None) != (key is None):
        raise UsageError(f"--tls-{'cert' if key else 'key'} is missing: name a certificate and its key together")
    if tls and certificate is not None:
        raise UsageError("--tls makes a certificate, --tls-cert names one: take one of them")
    if certificate is not None and key is not None:
        identity = Identity(certificate, key)
        identity.context()
        yield _told(identity)
    elif tls:
        with tempfile.TemporaryDirectory(prefix="smartsandbox-tls-") as folder:
            made = throw_away(Path(folder), host, utc_now())
            click.echo(f"certificates of this run are signed by {made.authority}")
            yield _told(made.identity)
    else:
        yield None


def _told(identity: Identity) -> Identity:
    click.echo(f"certificate SHA-256 {identity.fingerprint()}")
    return identity
