"""One HTTP/1.1 connection: bytes to requests; their answers go to its outbox.

Limits are checked as bytes arrive, so a client costs no more memory than they allow.
"""

from __future__ import annotations

import asyncio
from typing import cast

import httptools

from smartsandbox.replay_engine.plan import AT_ONCE
from smartsandbox.replay_engine.serve.admin import PREFIX
from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.outbox import Outbox
from smartsandbox.replay_engine.serve.request import READ, LiveRequest
from smartsandbox.replay_engine.serve.service import Service

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LINGER_SECONDS = 5
_NO_FIELDS: dict[bytes, bytes] = {}


class Connection(asyncio.Protocol):
    """See the module. `heard` is the second of the last byte or answer, `busy_since` that of an unfinished request."""

    __slots__ = (
        "_answered",
        "_begun",
        "_body",
        "_body_bytes",
        "_deaf",
        "_fields",
        "_in_head",
        "_outbox",
        "_parser",
        "_raw_bytes",
        "_service",
        "_transport",
        "_url",
        "busy_since",
        "heard",
    )

    def __init__(self, service: Service) -> None:
        self._service = service
        self._deaf = False
        """Nothing that still arrives is read: a last answer is on its way, or sent."""
        self._answered = 0
        self._url, self._begun = b"", 0.0
        self._fields: dict[bytes, bytes] = _NO_FIELDS
        self._body: list[bytes] = []
        self._in_head = False
        self._raw_bytes = self._body_bytes = 0
        self.heard = service.second
        self.busy_since: int | None = None

    # From the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse at once where there are too many."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop registers no such base class
        service = self._service
        self._outbox = Outbox(self._transport, service.clock, service.limits.pipelined, self._answer_sent)
        self._parser = httptools.HttpRequestParser(self)
        self._service.connections.add(self)
        if len(self._service.connections) > self._service.limits.connections:
            self._refuse(problem(503, "Too many connections", "this server has as many connections as it may"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever was on its way is dropped."""
        self._service.connections.discard(self)
        self._outbox.cancel()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; everything else happens in its callbacks."""
        self.heard = self._service.second
        if self._deaf or self._outbox.ended:
            return
        answered = self._answered
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._stay(data[int(upgrade.args[0]) :])
        except httptools.HttpParserError as error:
            self._malformed(error)
        if self.busy_since is not None and answered == self._answered:
            self._raw_bytes += len(data)
            self._check_size()

    def eof_received(self) -> bool:
        """A client may close its sending side and still wait for answers."""
        return not self._outbox.empty

    def pause_writing(self) -> None:
        """The client reads slowly: take no more requests from it."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._outbox.resume()

    # From the parser

    def on_message_begin(self) -> None:
        """A request's first byte."""
        self._url, self._fields, self._body = b"", {}, []
        self._raw_bytes = self._body_bytes = 0
        self._in_head = True
        self._begun = self._service.clock.now()
        self.busy_since = self._service.second

    def on_url(self, url: bytes) -> None:
        """Called for each piece of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the few fields that decide anything."""
        lower = name.lower()
        if lower in READ:
            self._fields.setdefault(lower, value)

    def on_headers_complete(self) -> None:
        """Refuse a body that says it is too large; invite one that waits to be invited."""
        self._in_head = False
        fields = self._fields
        length = fields.get(b"content-length")
        if length is not None and int(length) > self._service.limits.body_bytes:
            self._too_large()
        elif b"expect" in fields:
            self._expect(fields[b"expect"])

    def on_body(self, piece: bytes) -> None:
        """Collect, within the limit."""
        self._body_bytes += len(piece)
        if self._body_bytes > self._service.limits.body_bytes:
            self._too_large()
        elif not self._deaf:
            self._body.append(piece)

    def on_message_complete(self) -> None:
        """Answer. The parser knows from here on whether the connection stays."""
        if self._deaf or self._outbox.ended:
            return
        method = self._parser.get_method().decode()
        if self._parser.should_upgrade() and method != "CONNECT":
            return  # `_stay` reads it again
        self.busy_since = None
        self._answered += 1
        request = LiveRequest(method, self._url, self._fields, b"".join(self._body), self._begun)
        self._outbox.send(self._fit(request, self._answer(request)), self._begun)

    def _answer(self, request: LiveRequest) -> Answer:
        admin = self._url.startswith(PREFIX)
        return self._service.admin.answer(request) if admin else self._service.responder.answer(request)

    def _fit(self, request: LiveRequest, answer: Answer) -> Answer:
        """The answer as this request and this connection take it."""
        if request.method == "HEAD":
            answer = answer.bodiless()
        if not self._parser.should_keep_alive() or self._service.draining or request.method == "CONNECT":
            return answer.closing() if answer.head else answer
        return answer.keeping() if self._parser.get_http_version() == "1.0" and answer.head else answer

    def _answer_sent(self, outbox: Outbox) -> None:
        self.heard = self._service.second
        if self._service.draining and outbox.empty and self.busy_since is None:
            outbox.finish()

    def reset(self) -> None:
        """Break off."""
        self._outbox.reset()

    # What is refused

    def _expect(self, value: bytes) -> None:
        if value.lower() != b"100-continue":
            self._refuse(problem(417, "Expectation failed", "the only expectation known is 100-continue"))
        elif self._parser.get_http_version() != "1.0":
            self._outbox.send(Answer(AT_ONCE, _CONTINUE, b""), self._begun)

    def _too_large(self) -> None:
        limit = self._service.limits.body_bytes
        self._refuse(problem(413, "Body too large", f"a request body may have {limit} bytes"))

    def _malformed(self, error: Exception) -> None:
        if isinstance(error, httptools.HttpParserCallbackError):
            self._refuse(problem(500, "Internal error", "answering this request failed"))
            context = error.__context__
            loop = asyncio.get_running_loop()
            loop.call_exception_handler({"message": "a request could not be answered", "exception": context or error})
        else:
            self._refuse(problem(400, "Not HTTP/1.1", f"the request cannot be parsed: {error}"))

    def _refuse(self, answer: Answer) -> None:
        """Answer and end. What the client still sends is read and dropped, so that it gets to see the answer."""
        if self._deaf or self._outbox.ended:
            return
        self._deaf = self._outbox.linger = True
        self._body = []
        self.busy_since = self._service.second
        self._service.responder.journal.refused += 1
        self._outbox.send(answer.closing(), self._begun)

    def _check_size(self) -> None:
        """A head, or the framing around a body, may not grow without end either."""
        limits = self._service.limits
        if self._in_head and self._raw_bytes > limits.head_bytes:
            self._refuse(problem(431, "Header too large", f"a request's head may have {limits.head_bytes} bytes"))
        elif self._raw_bytes > 2 * limits.body_bytes + limits.head_bytes:
            self._too_large()

    def expire(self) -> None:
        """Called every second: end what has been silent, or unfinished, for too long."""
        service, limits = self._service, self._service.limits
        if not self._outbox.empty:
            return
        if self.busy_since is None:
            if service.second - self.heard > limits.idle_seconds:
                self._outbox.close()
        elif self._deaf:
            if service.second - self.busy_since > _LINGER_SECONDS:
                self._transport.abort()
        elif service.second - self.busy_since > limits.request_seconds:
            self._refuse(problem(408, "Too slow", f"a request must be complete in {limits.request_seconds} s"))

    def drain(self) -> None:
        """Close now if nothing is on its way; otherwise after what is."""
        if self._outbox.empty and self.busy_since is None:
            self._outbox.close()

    def _stay(self, rest: bytes) -> None:
        """An offer to change protocols is declined: the request is read again as one of HTTP/1.1 without the offer."""
        if self._deaf or self._outbox.ended:
            return
        method = self._parser.get_method()
        lines = b"".join(b"%s: %s\r\n" % pair for pair in self._fields.items())
        self._parser = httptools.HttpRequestParser(self)
        self.data_received(b"%s %s HTTP/1.1\r\n%s\r\n%s" % (method, self._url, lines, rest))
