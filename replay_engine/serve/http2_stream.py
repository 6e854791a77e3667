"""One HTTP/2 stream: its request as it arrives, and its answer, sent as far as the client's windows allow.

Bodies that wait for a window are views of the answer's bytes, so a slow client holds no copy of them.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

from h2.errors import ErrorCodes

from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.delivery import Delivery
from smartsandbox.replay_engine.serve.http2_fields import Fields, fields_of, status_of
from smartsandbox.replay_engine.serve.request import LiveRequest


class Frames(Protocol):
    """What a stream asks of its connection."""

    def send_head(self, stream: Stream, fields: Fields) -> None:
        """Send a HEADERS frame."""
        ...

    def send_reset(self, stream: Stream, code: ErrorCodes) -> None:
        """Send RST_STREAM and forget the stream."""
        ...

    def pump(self) -> None:
        """Send what waits, as far as it may go."""
        ...


class Stream:
    """See the module, and delivery.Wire for what carries out plans on it."""

    __slots__ = (
        "_delivery",
        "_frames",
        "_head",
        "code",
        "complete",
        "done",
        "heard",
        "id",
        "pieces",
        "request",
        "since",
        "size",
        "waiting",
    )

    def __init__(self, number: int, request: LiveRequest, frames: Frames, since: int) -> None:
        self.id, self.request, self.since, self._frames = number, request, since, frames
        self.pieces: list[bytes] = []
        self._head = b""
        self.size = 0
        """Bytes of the request's body so far."""
        self.complete = False
        """The request is; or it was refused, and what still comes of it is dropped."""
        self.heard = False
        """The client has said that the request ends."""
        self.waiting: deque[memoryview] = deque()
        self.done = False
        """Nothing will join what is waiting."""
        self.code: ErrorCodes | None = None
        """If set, the stream is reset with it, and not ended, after what is waiting."""
        self._delivery: Delivery | None = None

    def carry_out(self, answer: Answer, clock: Clock) -> None:
        """Answer by the answer's plan."""
        self.complete, self.pieces = True, []
        if answer.head and status_of(answer.head) < 200:  # such as 101: HTTP/2 has no change of protocol
            self._frames.send_reset(self, ErrorCodes.HTTP_1_1_REQUIRED)
            return
        self._delivery = Delivery(answer, self.request.begun, self, clock, self._delivered)
        self._delivery.run()

    def head(self, data: bytes) -> None:
        """See delivery.Wire. Parts are sent together: a client of HTTP/2 sees no part of a head."""
        self._head += data
        if self._head.endswith(b"\r\n\r\n"):
            self._frames.send_head(self, fields_of(self._head))

    def body(self, data: bytes) -> None:
        """See delivery.Wire."""
        if data:
            self.waiting.append(memoryview(data))
            self._frames.pump()

    def reset(self) -> None:
        """See delivery.Wire. On a stream, RST_STREAM is what a TCP reset is to a connection of HTTP/1.1."""
        self._frames.send_reset(self, ErrorCodes.INTERNAL_ERROR)

    def close(self) -> None:
        """See delivery.Wire. An answer that breaks off may not look complete, so the stream is reset too."""
        self.done, self.code = True, ErrorCodes.CANCEL
        self._frames.pump()

    def _delivered(self, answer: Answer) -> None:
        self.done = True
        self._frames.pump()

    def take(self, limit: int) -> memoryview:
        """The next bytes to send, at most `limit`."""
        first = self.waiting[0]
        if len(first) <= limit:
            return self.waiting.popleft()
        self.waiting[0] = first[limit:]
        return first[:limit]

    def cancel(self) -> None:
        """The client wants no more of it."""
        self.waiting.clear()
        if self._delivery is not None:
            self._delivery.cancel()
