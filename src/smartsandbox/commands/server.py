"""`smartsandbox server`: run the portal's catalogue on one machine."""

from __future__ import annotations

import socket
from contextlib import suppress

import click

from smartsandbox.commands.options import store_option
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.keyring import trusted_keys
from smartsandbox.packs.store import Store

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command("server")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8700,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@store_option
def server_command(port: int, host: str, store_url: str) -> None:
    """Run the catalogue of packs and fixture sets: pages for a browser at / and the API under /api/v1."""
    import uvicorn

    from smartsandbox.server.app import create_app
    from smartsandbox.server.settings import LOOPBACK_HOSTS, Settings

    trusted_keys()  # a broken setting is said here, not on every page
    local = host in LOOPBACK
    app = create_app(Settings(store_url, LOOPBACK_HOSTS if local else ()))
    with listen(host, port) as listener:
        if not local:
            click.echo(f"warning: {host} is no loopback address, and this version has no login", err=True)
        if Store(store_url).missing:
            click.echo(
                f"warning: no store at {store_url} yet: the catalogue is empty until one is published to",
                err=True,
            )
        click.echo(f"catalogue of {store_url} at {address(listener)}  TEST ONLY  (Ctrl-C stops it)")
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        with suppress(KeyboardInterrupt):  # Ctrl-C is how it is meant to end
            server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UsageError with one line if the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(f"cannot listen on {host} port {port}: {reason}; choose another --port or --host") from error


def address(listener: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
