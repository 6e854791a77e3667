"""The sending side of one connection: answers leave in the order of their requests, each by its own plan.

The fast path is an answer without delay when none waits: one write. Everything else goes through a queue of deliveries.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable

from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.plan import AT_ONCE
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.delivery import Delivery

_LINGER_NONE = struct.pack("ii", 1, 0)


class Outbox:
    """See the module. At most `limit` answers wait before reading is paused."""

    __slots__ = ("_clock", "_current", "_limit", "_queue", "_sent", "_transport", "ended", "linger")

    def __init__(self, transport: asyncio.Transport, clock: Clock, limit: int, sent: Callable[[Outbox], None]) -> None:
        self._transport, self._clock, self._limit, self._sent = transport, clock, limit, sent
        self._queue: deque[tuple[Answer, float]] = deque()
        self._current: Delivery | None = None
        self.ended = False
        """Nothing more will be sent."""
        self.linger = False
        """The client may still be sending: closing both ways at once could cost it the last answer."""

    @property
    def empty(self) -> bool:
        """No answer is on its way."""
        return self._current is None and not self._queue

    def send(self, answer: Answer, begun: float) -> None:
        """Send after those before it; `begun` is when its request's first byte came."""
        if self._current is None and answer.plan is AT_ONCE:
            self._transport.write(answer.whole)
            if answer.final:
                self.finish()
            return
        self._queue.append((answer, begun))
        if self._current is None:
            self._next()
        elif len(self._queue) >= self._limit:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on, if there is room."""
        if len(self._queue) < self._limit and not self._transport.is_closing():
            self._transport.resume_reading()

    def _next(self) -> None:
        """Start the answers that are due, one after another."""
        full = len(self._queue) >= self._limit
        while self._queue and self._current is None and not self._transport.is_closing():
            answer, begun = self._queue.popleft()
            self._current = Delivery(answer, begun, self, self._clock, self._delivered)
            self._current.run()
        if full:
            self.resume()

    def _delivered(self, answer: Answer) -> None:
        self._current = None
        if answer.final:
            self.finish()
            return
        self._sent(self)
        self._next()

    def finish(self) -> None:
        """The last answer is sent."""
        self.ended = True
        if not self.linger:
            self.close()
        elif self._transport.can_write_eof():
            self._transport.write_eof()  # where it cannot, as over TLS, the connection ends by `Connection.expire`

    def cancel(self) -> None:
        """The connection is lost: drop whatever was on its way."""
        self.ended = True
        if self._current is not None:
            self._current.cancel()
        self._current = None
        self._queue.clear()

    def head(self, data: bytes) -> None:
        """See delivery.Wire."""
        self._transport.write(data)

    def body(self, data: bytes) -> None:
        """See delivery.Wire."""
        if data:
            self._transport.write(data)

    def close(self) -> None:
        """See delivery.Wire."""
        self.ended = True
        self._transport.close()

    def reset(self) -> None:
        """See delivery.Wire."""
        self.ended = True
        break_off(self._transport)


def break_off(transport: asyncio.Transport) -> None:
    """End a connection with a TCP reset."""
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    transport.abort()
