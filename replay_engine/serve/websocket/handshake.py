"""The handshake of a WebSocket: whether a request offers one, and the head that takes it."""

from __future__ import annotations

from collections.abc import Mapping

from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.head import remade, value_of
from smartsandbox.replay_engine.serve.request import EXTENSIONS, KEY, PROTOCOL, VERSION
from smartsandbox.replay_engine.websocket.frames import Extensions, accept_of, agreed

_KEY_LENGTH = 24
_OURS = (b"sec-websocket-", b"content-length", b"connection", b"upgrade")


def refusal(fields: Mapping[bytes, bytes]) -> Answer | None:
    """What a handshake is answered with that is none; None for a good one."""
    if fields.get(VERSION, b"").strip() != b"13":
        refused = problem(426, "Another version", "this server speaks version 13 of the WebSocket protocol")
        return refused.marked(b"Sec-WebSocket-Version: 13\r\n")
    if len(fields.get(KEY, b"").strip()) != _KEY_LENGTH:
        return problem(400, "No key", "a handshake of a WebSocket has a Sec-WebSocket-Key of 16 bytes in base64")
    return None


def opening(recorded: bytes, fields: Mapping[bytes, bytes]) -> tuple[bytes, Extensions]:
    """The head that opens a connection as the recorded head did, and the extensions that frames go by.

    The recorded subprotocol is spoken with clients that offer it.
    """
    extensions, answer = agreed(fields.get(EXTENSIONS, b""))
    lines = [b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Accept: " + accept_of(fields[KEY].strip())]
    spoken = value_of(recorded, PROTOCOL)
    if spoken and spoken in [name.strip() for name in fields.get(PROTOCOL, b"").split(b",")]:
        lines.append(b"Sec-WebSocket-Protocol: " + spoken)
    if answer is not None:
        lines.append(b"Sec-WebSocket-Extensions: " + answer)
    return remade(recorded, b"101 Switching Protocols", lambda name: not name.startswith(_OURS), *lines), extensions
