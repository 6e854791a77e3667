"""Where events may go: to this machine, or to an origin that whoever started the server allows by name."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from urllib.parse import urlsplit

from smartsandbox.packs.errors import RefusedError, UsageError
from smartsandbox.replay_engine.drive.target import Target, resolve_target

Origin = tuple[str, str, int]


class Callbacks:
    """`default` is the URL of every session that has none of its own. Raises UsageError, RefusedError."""

    def __init__(self, default: str | None = None, allowed: Iterable[str] = ()) -> None:
        self._allowed = {_origin(url, "--callback-allow") for url in allowed}
        self.default = self.target(default) if default else None

    def target(self, url: str) -> Target:
        """Check a URL. A name is looked up only if it is allowed, or is `localhost`."""
        scheme, host, port = origin = _origin(url, "callback")
        if origin not in self._allowed:
            if host != "localhost" and not _is_loopback(host):
                raise RefusedError(
                    f"callback to {host} is refused: it is not this machine. Start serving with --callback-allow "
                    f"{scheme}://{host}:{port} if events may go there"
                )
            return resolve_target(url)
        try:
            address = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
        except (OSError, UnicodeError):
            raise UsageError(f"callback to {host}: its name does not resolve") from None
        parts = urlsplit(url)
        tls = ssl.create_default_context() if scheme == "https" else None
        return Target(url, parts.netloc, host, address, port, parts.path.rstrip("/"), tls)


def _origin(url: str, what: str) -> Origin:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise UsageError(f"{what} is not a URL such as http://127.0.0.1:9000/hooks") from None
    plain = parts.username is None and not parts.query and not parts.fragment and url.isascii() and url.isprintable()
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or " " in url:
        raise UsageError(f"{what} must be a URL such as http://127.0.0.1:9000/hooks, with no user, query or fragment")
    return parts.scheme, parts.hostname, port


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
