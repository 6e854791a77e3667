"""Listening sockets for workers that share one port: the system deals connections among them."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from smartsandbox.replay_engine.serve.server import bind_error

_BACKLOG = 1024


def listening(host: str, port: int, count: int) -> Sequence[socket.socket]:
    """So many sockets on one port of the host's first address; 0 takes a free port. Raises UsageError.

    Each keeps its connections waiting while its worker is away, so none is refused while one starts again.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        first = socket.socket(family, kind, protocol)
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        first.bind(address)  # alone, so that a port of somebody else's workers is in use
        bound = first.getsockname()
        first.close()
        return [_shared(family, bound) for _ in range(count)]
    except OSError as error:
        raise bind_error(host, port, error) from error


def _shared(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(address)
    made.listen(_BACKLOG)
    made.setblocking(False)
    return made
