"""The messages of a WebSocket as readers collect them: placed in time, bounded, and with what was left out counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from smartsandbox.packs.capture.bodies import base64_bytes, text_bytes
from smartsandbox.packs.capture.header_lines import one_line
from smartsandbox.packs.capture.moments import from_seconds
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.messages import cut_reason
from smartsandbox.packs.model import LOST, Message, MessageKind

MOST_MESSAGES = 100_000
"""Of one connection."""
MOST_BYTES = 16 * 1024 * 1024
"""Of one message."""
MOST_TOTAL = 64 * 1024 * 1024
"""Bytes of all messages of one connection."""

UNRECORDED = "a WebSocket whose messages were not recorded"
CUT = "WebSocket messages cut: the connection had more of them, or longer ones, than are kept"
CONTROL = "pings and pongs of a WebSocket left out: both ends make their own"
UNDELIVERED = "WebSocket messages left out that the recorder did not pass on"
UNTIMED = "WebSocket messages without a time: taken with the one before"

_TEXT, _BINARY, _CLOSE = 1, 2, 8


@dataclass(slots=True)
class Collector:
    """Takes messages in their recorded order. `opened_us` is when the handshake was answered, None if unknown."""

    opened_us: int | None
    notes: list[str]
    messages: list[Message] = field(default_factory=list)
    _size: int = 0
    _full: bool = False

    def add(self, *, sent: bool, seconds: Any, kind: MessageKind, payload: bytes, code: int | None = None) -> None:
        """One more message at a time of day. What follows one that is too much is cut, for its answer would be too."""
        ended = bool(self.messages) and self.messages[-1].kind is MessageKind.CLOSE
        self._size += len(payload)
        if len(payload) > MOST_BYTES or self._size > MOST_TOTAL or len(self.messages) >= MOST_MESSAGES:
            self._full = True
        if self._full or ended:
            self.notes.append(CUT)
            return
        if kind is MessageKind.TEXT:
            payload = payload.decode("utf-8", "replace").encode()
        self.messages.append(Message(sent, self._placed(seconds), kind, payload, code))

    def frame(self, *, sent: bool, seconds: Any, opcode: Any, text: str) -> None:
        """A frame as browsers write it down: binary data in base64."""
        if opcode in (9, 10):
            self.notes.append(CONTROL)
        elif opcode == _CLOSE:
            code, reason = close_of(base64_bytes(text, []))
            self.add(sent=sent, seconds=seconds, kind=MessageKind.CLOSE, payload=reason, code=code)
        elif opcode == _BINARY:
            payload = base64_bytes(text, self.notes)
            self.add(sent=sent, seconds=seconds, kind=MessageKind.BINARY, payload=payload)
        elif opcode in (_TEXT, None):
            self.add(sent=sent, seconds=seconds, kind=MessageKind.TEXT, payload=text_bytes(text))
        else:
            raise UnreadableError("entry", "a message of a WebSocket has an opcode that is none")

    def lost(self, seconds: Any) -> None:
        """The connection broke: no frame said that it would end."""
        self.add(sent=False, seconds=seconds, kind=MessageKind.CLOSE, payload=b"", code=LOST)

    def _placed(self, seconds: Any) -> int:
        last = self.messages[-1].at_us if self.messages else 0
        moment = from_seconds(seconds)
        if moment is None:
            self.notes.append(UNTIMED)
            return last
        if self.opened_us is None:
            self.opened_us = moment
        return max(last, moment - self.opened_us)


def close_of(payload: bytes) -> tuple[int | None, bytes]:
    """The status and the reason that a close frame's payload holds."""
    return (int.from_bytes(payload[:2], "big"), reason_of(payload[2:])) if len(payload) >= 2 else (None, b"")


def reason_of(reason: bytes) -> bytes:
    """A reason as a close frame can hold it: one line of UTF-8, of 123 bytes at most."""
    return one_line(cut_reason(reason).decode()).encode()
