"""Shipped helpers for tests: a live client of a served WebSocket."""

from __future__ import annotations

from smartsandbox.packs.model import Message, MessageKind
from smartsandbox.replay_engine.testing import Exchanger
from smartsandbox.replay_engine.websocket.frames import Frames

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
OFFER = ("Connection: keep-alive, Upgrade", "Upgrade: WebSocket", "Sec-WebSocket-Version: 13", KEY)


class Client:
    """One live client; its frames are made by hand and its connection has no socket."""

    def __init__(self, served: Exchanger) -> None:
        self.frames = Frames(is_client=True, limit=1 << 20)
        connection, self.transport = served.connect()
        self.transport.protocol = connection
        self.read = 0

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.transport.protocol.data_received(data)

    def say(self, message: Message) -> None:
        """Send a message."""
        self.send(self.frames.message(message))

    def head(self) -> bytes:
        """What was answered up to the blank line."""
        head, end, _ = self.transport.written.partition(b"\r\n\r\n")
        self.read = len(head + end)
        return head

    def heard(self) -> list[bytes | tuple[int | None, bytes]]:
        """Payloads of what came since; of a close code and reason."""
        data = self.transport.written[self.read :]
        self.read = len(self.transport.written)
        found: list[bytes | tuple[int | None, bytes]] = []
        for said in self.frames.feed(data):
            found.append((said.code, said.payload) if said.kind is MessageKind.CLOSE else said.payload)
        return found


def asking(*lines: str, target: str = "/v1/feed") -> bytes:
    """A request with these header lines."""
    return "\r\n".join((f"GET {target} HTTP/1.1", "Host: x", *lines, "", "")).encode()
