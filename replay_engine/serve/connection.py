"""One connection: requests of HTTP/1.1 in, their answers out through its outbox; or the way to HTTP/2."""

from __future__ import annotations

import asyncio
from typing import cast

from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.framing import too_many, too_slow
from smartsandbox.replay_engine.serve.outbox import Outbox
from smartsandbox.replay_engine.serve.progress import Progress
from smartsandbox.replay_engine.serve.reader import PREFACE, Reader
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.service import Service
from smartsandbox.replay_engine.serve.websocket.plain import upgrade_required

_LINGER_SECONDS = 5


class Connection(Reader):
    """See the module. `heard` is also the second of the last answer."""

    __slots__ = ("_asked_all", "_progress", "_transport")

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self._progress = Progress()
        self._asked_all = False

    # From the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse at once where there are too many."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop registers no such base class
        service = self._service
        self._outbox = Outbox(self._transport, service.clock, service.limits.pipelined, self._answer_sent)
        self._service.connections.add(self)
        tls = transport.get_extra_info("ssl_object")
        if tls is not None and tls.selected_alpn_protocol() == "h2":
            self._become_http2(b"")
        elif len(self._service.connections) > self._limits.connections:
            self._refuse(too_many())

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever was on its way is dropped."""
        self._service.connections.discard(self)
        self._release()
        self._outbox.cancel()

    def _become_http2(self, data: bytes) -> None:
        """Leave the connection to HTTP/2, by agreement in TLS or by how it begins; `data` ends with its last bytes."""
        try:
            from smartsandbox.replay_engine.serve.http2 import Http2Connection
        except ImportError:
            self._refuse(problem(505, "No HTTP/2", "this server needs h2 for it: pip install 'smartsandbox[http2]'"))
            return
        self._deaf = self._outbox.ended = True
        self._release()
        self._service.connections.discard(self)
        other = Http2Connection(self._service)
        self._transport.set_protocol(other)
        other.connection_made(self._transport)
        if data:
            other.data_received(PREFACE[: self._raw_bytes] + data)

    def _become_websocket(self, request: LiveRequest, answer: Answer) -> bool:
        """See Reader. A handshake that is none is refused like any request that is not HTTP."""
        said = self._service.responder.conversation(answer)
        if said is None or not self._outbox.empty:
            return False
        try:
            from smartsandbox.replay_engine.serve.websocket.handshake import refusal
            from smartsandbox.replay_engine.serve.websocket.socket import Socket
        except ImportError:
            needed = "this server needs wsproto for it: pip install 'smartsandbox[websocket]'"
            self._refuse(problem(501, "No WebSocket", needed))
            return True
        refused = refusal(request.fields)
        if refused is not None:
            self._refuse(refused)
            return True
        self._deaf = self._outbox.ended = True
        self._service.connections.discard(self)
        opened = self._socket = Socket(self._service, self._transport, request, answer, said)
        self._transport.set_protocol(opened)
        opened.open()
        return True

    def eof_received(self) -> bool:
        """A client may close its sending side and still wait for answers; the last of them ends the connection."""
        self._asked_all = not self._outbox.empty and self._transport.can_write_eof()
        return self._asked_all

    def pause_writing(self) -> None:
        """The client reads slowly: take no more requests from it."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._outbox.resume()

    # From the reader

    def _fit(self, request: LiveRequest, answer: Answer) -> Answer:
        """The answer as this request and this connection take it."""
        if answer.final and self._service.responder.conversation(answer) is not None:
            answer = upgrade_required(answer)
        if request.method == "HEAD":
            answer = answer.bodiless()
        if not self._parser.should_keep_alive() or self._service.draining or request.method == "CONNECT":
            self._deaf = True
            return answer.closing() if answer.head else answer
        if b"connection" in request.fields and self._parser.get_http_version() == "1.0" and answer.head:
            return answer.keeping()
        return answer

    def _answer_sent(self, outbox: Outbox) -> None:
        self.heard = self._service.second
        if outbox.empty and (self._asked_all or (self._service.draining and self.busy_since is None)):
            outbox.finish()

    def _refuse(self, answer: Answer) -> None:
        """Answer and end. What the client still sends is read and dropped, so that it gets to see the answer."""
        if self._deaf or self._outbox.ended:
            return
        self._deaf = self._outbox.linger = True
        self._body = []
        self._release()
        self.busy_since = self._service.second
        self._service.responder.journal.refused += 1
        self._outbox.send(answer.closing(), self._begun)

    # Ends

    def expire(self) -> None:
        """Called every second: end what has been silent, or unfinished, for too long."""
        service, limits = self._service, self._limits
        if self._progress.stalled(self._transport.get_write_buffer_size(), service.second) > limits.idle_seconds:
            self.reset()
            return
        if not self._outbox.empty:
            return
        if self.busy_since is None:
            if service.second - self.heard > limits.idle_seconds:
                self._outbox.close()
        elif self._deaf:
            if service.second - self.busy_since > _LINGER_SECONDS:
                self._transport.abort()
        elif service.second - self.busy_since > limits.request_seconds:
            self._refuse(too_slow(limits))

    def reset(self) -> None:
        """Break off."""
        self._outbox.reset()

    def drain(self) -> None:
        """Close now if nothing is on its way; otherwise after what is."""
        if self._outbox.empty and self.busy_since is None:
            self._outbox.close()
