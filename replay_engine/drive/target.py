"""Which targets may be driven. A target is proven to be this machine; there is no flag that turns this off.

Its name is resolved once and connections go to the address that was checked, so that a name cannot change under a run.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from smartsandbox.packs.errors import RefusedError, UsageError


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go. `authority` is the Host header, `prefix` stands before each path."""

    url: str
    authority: str
    host: str
    address: str
    port: int
    prefix: str
    tls: ssl.SSLContext | None = None
    ca: Path | None = None

    def trusting(self) -> Target:
        """The same with its authorities read anew, for another process: a context cannot be handed over."""
        return replace(self, tls=_tls(self.ca)) if urlsplit(self.url).scheme == "https" else self


def named(url: str) -> Target:
    """A target that is only named, in the report of a run that was driven elsewhere."""
    return Target(url, authority="", host="", address="", port=0, prefix="")


def resolve_target(url: str, ca: Path | None = None) -> Target:
    """Check and resolve a target. UsageError: not such a URL; RefusedError: not this machine, or a name that
    does not resolve. `ca` is a PEM file of authorities to trust for https."""
    parts, port = _parsed(url)
    host = parts.hostname or ""
    address = _loopback_address(url, host, port)
    return Target(
        url=url,
        authority=parts.netloc,
        host=host,
        address=address,
        port=port,
        prefix=parts.path.rstrip("/"),
        tls=_tls(ca) if parts.scheme == "https" else None,
        ca=ca,
    )


def _parsed(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise UsageError(f"target {url!r} is not a URL: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"target {url!r} must be a URL such as http://127.0.0.1:8080")
    if parts.username is not None or parts.query or parts.fragment:
        raise UsageError("a target URL takes no user name, query or fragment")
    return parts, port


def _loopback_address(url: str, host: str, port: int) -> str:
    """The first address of a host all of whose addresses are loopback."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RefusedError(f"target {url} is refused: its name does not resolve, so it is not this machine") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for address in addresses):
        raise RefusedError(
            f"target {url} is refused: it is not this machine. Only loopback addresses (127.0.0.0/8, ::1) are driven"
        )
    return addresses[0]


def _tls(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca) if ca else None)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"CA file {ca} cannot be read as PEM: {type(error).__name__}") from error
