"""One WebSocket: the recorded conversation, held with a live client.

Messages go out at their recorded distance from what they followed, times the latency's factor: the client's message
before them, or the handshake. Whatever the client says counts as something that was recorded (see `turns`).
"""

from __future__ import annotations

import asyncio

from smartsandbox.packs.model import LOST, Message, MessageKind
from smartsandbox.replay_engine.clock import Call
from smartsandbox.replay_engine.plan import Close, Reset
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.delivery import Delivery
from smartsandbox.replay_engine.serve.outbox import break_off
from smartsandbox.replay_engine.serve.progress import Progress
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.service import Service
from smartsandbox.replay_engine.serve.websocket.handshake import opening
from smartsandbox.replay_engine.serve.websocket.manner import manner_of
from smartsandbox.replay_engine.serve.websocket.talk import Talk
from smartsandbox.replay_engine.websocket.alike import Likeness
from smartsandbox.replay_engine.websocket.conversations import Conversation
from smartsandbox.replay_engine.websocket.frames import PROTOCOL_ERROR, Frames
from smartsandbox.replay_engine.websocket.said import Said
from smartsandbox.replay_engine.websocket.turns import Unknown

_GOING_AWAY, _AGAINST_POLICY, _RESTART = 1001, 1008, 1012
_LINGER_SECONDS = 5
_MOST_EARLY = 64 * 1024
"""Bytes that a client may send before it was answered."""


class Socket(asyncio.Protocol):
    """See the module. `heard` is the second of the client's last byte."""

    def __init__(
        self, service: Service, transport: asyncio.Transport, request: LiveRequest, answer: Answer, said: Conversation
    ) -> None:
        head, extensions = opening(answer.head, request.fields)
        self._service, self._transport, self._said = service, transport, said
        responder = service.responder
        self._counts = responder.journal.sockets
        self._manner = manner_of(responder, request, answer, said)
        self._frames = Frames(is_client=False, limit=service.limits.body_bytes, extensions=extensions)
        self._talk: Talk | None = None
        """None until the handshake is answered."""
        self._early = b""
        self._call: Call | None = None
        self._paused = False
        self._ending: int | None = None
        """The second in which a close frame was sent."""
        self._pinged = False
        self._progress = Progress()
        self.heard = service.second
        service.connections.add(self)
        service.sockets.add(self)
        self._delivery = Delivery(Answer(answer.plan, head, b""), request.begun, self, service.clock, self._opened)

    def open(self) -> None:
        """Answer the handshake, by the plan of its answer."""
        self._delivery.run()

    # The wire of the handshake: see delivery.Wire

    def head(self, data: bytes) -> None:
        """See delivery.Wire."""
        self._transport.write(data)

    def body(self, data: bytes) -> None:
        """See delivery.Wire."""

    def reset(self) -> None:
        """Break off."""
        break_off(self._transport)

    def close(self) -> None:
        """See delivery.Wire."""
        self._transport.close()

    def _opened(self, answer: Answer) -> None:
        self._counts.opened += 1
        self._talk = Talk(self._said, self._service.clock.now(), self._manner)
        if self._early:
            self._hear(self._early)
        self._go_on()

    # From the transport

    def data_received(self, data: bytes) -> None:
        """Frames of the client."""
        self.heard, self._pinged = self._service.second, False
        if self._talk is None:
            self._early += data
            if len(self._early) > _MOST_EARLY:
                self.reset()
        elif not self._transport.is_closing():
            self._hear(data)
            self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more is said."""
        self._service.connections.discard(self)
        self._service.sockets.discard(self)
        self._delivery.cancel()
        self._stop()

    def pause_writing(self) -> None:
        """The client reads slowly: say nothing more to it, and hear nothing more."""
        self._paused = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._paused = False
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._go_on()

    # The conversation

    def _hear(self, data: bytes) -> None:
        assert self._talk is not None
        for said in self._frames.feed(data):
            if said.kind is MessageKind.CLOSE:
                self._hear_end(said)
                return
            self._counts.received += 1
            heard = self._talk.hear(said.kind, said.payload, self._service.clock.now())
            if heard.likeness is Likeness.NONE:
                self._counts.unknown += 1
                if self._manner.unknown is Unknown.CLOSE:
                    self._end(_AGAINST_POLICY)
        if self._frames.replies:
            self._transport.write(bytes(self._frames.replies))
            self._frames.replies.clear()

    def _hear_end(self, said: Said) -> None:
        """Answer an end with the same code, and a broken rule with the rule's."""
        self._counts.faults += said.fault
        self._stop()
        self._transport.write(self._frames.close(said.code or (PROTOCOL_ERROR if said.fault else None)))
        self._transport.close()

    def _go_on(self) -> None:
        """Send what is due, and come back when the next is."""
        self._stop()
        talk, clock = self._talk, self._service.clock
        assert talk is not None
        while not self._paused and self._frames.can_send and not self._transport.is_closing():
            due, now = talk.due(), clock.now()
            if due is None:
                return
            if due > now:
                self._call = clock.call_at(due, self._go_on)
                return
            self._say(talk.take(now))

    def _say(self, message: Message | Reset | Close) -> None:
        if isinstance(message, Close):
            self.close()
        elif isinstance(message, Reset) or message.code == LOST:
            self.reset()
        elif message.kind is not MessageKind.CLOSE:
            self._counts.sent += 1
            self._transport.write(self._frames.message(message))
        else:
            self._end(message.code, message.payload.decode("utf-8", "replace"))

    def _end(self, code: int | None, reason: str = "") -> None:
        """Begin to close; the client's own close frame ends the connection."""
        if self._talk is None:
            self._transport.close()
        elif self._frames.can_send:
            self._stop()
            self._ending = self._service.second
            self._transport.write(self._frames.close(code, reason))

    def _stop(self) -> None:
        if self._call is not None:
            self._call.cancel()
        self._call = None

    # Ends: see service.Client

    def expire(self) -> None:
        """Ask a client that is silent whether it is still there, and end one that does not say so."""
        service, idle = self._service, self._service.limits.idle_seconds
        if self._progress.stalled(self._transport.get_write_buffer_size(), service.second) > idle:
            self.reset()
        elif self._ending is not None:
            if service.second - self._ending > _LINGER_SECONDS:
                self._transport.abort()
        elif service.second - self.heard > 2 * idle:
            self.reset()
        elif service.second - self.heard > idle and not self._pinged and self._talk is not None:
            self._pinged = True
            self._transport.write(self._frames.ping())

    def drain(self) -> None:
        """The server is going away."""
        self._end(_GOING_AWAY)

    def restart(self) -> None:
        """Another version of the pack is served from here on."""
        self._end(_RESTART)
