"""The client's handshake: a recorded request made an offer, and the answer that takes it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from hashlib import blake2b

from smartsandbox.replay_engine.websocket.frames import OFFER, Extensions, accept_of, granted

_OURS = (b"sec-websocket-key:", b"sec-websocket-version:", b"sec-websocket-extensions:")


def key_of(run: str, at: int) -> bytes:
    """The key of the handshake at a place of a run's schedule."""
    return base64.b64encode(blake2b(f"{run} {at}".encode(), digest_size=16).digest())


def offered(message: bytes, key: bytes) -> bytes:
    """The request with the offer; the recorded subprotocols stay."""
    head = message.partition(b"\r\n\r\n")[0]
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(_OURS)]
    lines += [b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"]
    lines += [b"Sec-WebSocket-Key: " + key, b"Sec-WebSocket-Extensions: " + OFFER]
    return b"\r\n".join((*lines, b"", b""))


def proven(headers: Iterable[tuple[bytes, bytes]], key: bytes) -> Extensions | None:
    """The extensions of a connection that an answer opens; None if it proves nothing, or grants what nobody offered."""
    named = {name.lower(): value.strip() for name, value in headers}
    if named.get(b"sec-websocket-accept") != accept_of(key) or named.get(b"upgrade", b"").lower() != b"websocket":
        return None
    return granted(named.get(b"sec-websocket-extensions", b""))
