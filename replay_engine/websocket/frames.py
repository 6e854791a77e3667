"""Frames of RFC 6455 by wsproto: bytes in, whole messages out, and messages into bytes. The only importer of wsproto.

Masks, reserved bits, fragments, control frames and UTF-8 are wsproto's to check; the size of a message is checked here,
while it arrives.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from wsproto.connection import CLIENT, SERVER, Connection, ConnectionState
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.extensions import Extension, PerMessageDeflate
from wsproto.frame_protocol import CloseReason
from wsproto.handshake import server_extensions_handshake

from smartsandbox.packs.model import LOST, Message, MessageKind
from smartsandbox.replay_engine.websocket.said import Said

Extensions = list[Extension]
"""What both ends agreed on."""

NO_STATUS, TOO_BIG, PROTOCOL_ERROR = 1005, 1009, 1002
OFFER = b"permessage-deflate; client_max_window_bits"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PIECE = 16 * 1024
"""Bytes that are taken at once, so that what compressed ones become is bounded too."""


class Frames:
    """One end of an open connection, of messages of at most `limit` bytes. `replies` waits to be sent."""

    def __init__(self, *, is_client: bool, limit: int, extensions: Extensions | None = None) -> None:
        self._connection = Connection(CLIENT if is_client else SERVER, extensions or [])
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0
        self._deaf = False
        self.replies = bytearray()

    @property
    def can_send(self) -> bool:
        """Neither end has begun to close."""
        return self._connection.state is ConnectionState.OPEN

    @property
    def is_closed(self) -> bool:
        """Both ends have said that it ends."""
        return self._connection.state is ConnectionState.CLOSED

    def feed(self, data: bytes) -> Iterator[Said]:
        """The whole messages that are complete with these bytes. Nothing is read after an end or a fault."""
        for start in range(0, len(data), _PIECE):
            if self._reads():
                self._connection.receive_data(data[start : start + _PIECE])
            for event in self._connection.events():
                if self._reads():
                    yield from self._said(event)

    def _reads(self) -> bool:
        return not self._deaf

    def message(self, message: Message) -> bytes:
        """The bytes of a message."""
        event: Any
        if message.kind is MessageKind.CLOSE:
            return self.close(message.code, message.payload.decode("utf-8", "replace"))
        if message.kind is MessageKind.TEXT:
            event = TextMessage(data=message.payload.decode("utf-8", "replace"))
        else:
            event = BytesMessage(data=message.payload)
        return bytes(self._connection.send(event))

    def close(self, code: int | None, reason: str = "") -> bytes:
        """The bytes of a close frame; none if one has been sent."""
        if self._connection.state not in (ConnectionState.OPEN, ConnectionState.REMOTE_CLOSING):
            return b""
        named = CloseReason.NO_STATUS_RCVD if code is None else code
        event = CloseConnection(code=named, reason=None if code in (None, LOST) else reason)
        return bytes(self._connection.send(event))

    def ping(self) -> bytes:
        """The bytes of a ping."""
        return bytes(self._connection.send(Ping()))

    def _said(self, event: Any) -> Iterator[Said]:
        if isinstance(event, Ping):
            if self.can_send:
                self.replies += self._connection.send(event.response())
        elif isinstance(event, CloseConnection):
            self._deaf = True
            fault = self._connection.state in (ConnectionState.OPEN, ConnectionState.LOCAL_CLOSING)
            code = None if event.code == NO_STATUS else int(event.code)
            yield Said(MessageKind.CLOSE, b"" if fault else (event.reason or "").encode(), code, fault)
        elif isinstance(event, TextMessage | BytesMessage):
            yield from self._collected(event)

    def _collected(self, event: Any) -> Iterator[Said]:
        is_text = isinstance(event, TextMessage)
        piece = event.data.encode() if is_text else bytes(event.data)
        self._size += len(piece)
        if self._size > self._limit:
            self._deaf, self._pieces = True, []
            yield Said(MessageKind.CLOSE, b"", TOO_BIG, fault=True)
            return
        self._pieces.append(piece)
        if event.message_finished:
            payload = b"".join(self._pieces)
            self._pieces, self._size = [], 0
            yield Said(MessageKind.TEXT if is_text else MessageKind.BINARY, payload)


def accept_of(key: bytes) -> bytes:
    """What a server proves with that it has read the key of a handshake."""
    return base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())


def agreed(offers: bytes) -> tuple[Extensions, bytes | None]:
    """The extensions that a server takes of those offered, and what it answers."""
    mine: Extensions = [PerMessageDeflate()]
    try:
        answer = server_extensions_handshake([offer.strip() for offer in offers.decode("latin-1").split(",")], mine)
    except ValueError:
        return [], None
    return (mine, answer) if answer else ([], None)


def granted(answer: bytes) -> Extensions | None:
    """The extensions that a server answered an offer with; None if it answered what was not offered."""
    if not answer.strip():
        return []
    mine = PerMessageDeflate()
    name = answer.decode("latin-1").partition(";")[0].strip()
    if name != mine.name or "," in answer.decode("latin-1"):
        return None
    try:
        mine.finalize(answer.decode("latin-1"))
    except ValueError:
        return None
    return [mine]
