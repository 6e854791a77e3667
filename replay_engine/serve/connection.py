"""One HTTP/1.1 connection: bytes to requests; their answers go to its outbox.

Limits are checked as bytes arrive, so a client costs no more memory than they allow.
"""

from __future__ import annotations

import asyncio
from typing import cast

import httptools

from smartsandbox.replay_engine.plan import AT_ONCE
from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.framing import (
    body_too_large,
    failed,
    head_too_large,
    refusal,
    repeated,
    too_many,
    too_slow,
)
from smartsandbox.replay_engine.serve.outbox import Outbox
from smartsandbox.replay_engine.serve.progress import Progress
from smartsandbox.replay_engine.serve.request import READ, LiveRequest
from smartsandbox.replay_engine.serve.service import Service

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LINGER_SECONDS = 5
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a connection of HTTP/2 begins with."""
_OFFER = (b"connection", b"upgrade", b"expect")
"""What is left out of a request that is read again; a client that waits to be invited has been."""
_NO_FIELDS: dict[bytes, bytes] = {}
_PADDED = 4
"""A head that is not complete may have this many times the bytes that count: white space between them does not."""


class Connection(asyncio.Protocol):
    """See the module. `heard` is the second of the last byte or answer, `busy_since` that of an unfinished request."""

    __slots__ = (
        "_answered",
        "_begun",
        "_body",
        "_body_bytes",
        "_deaf",
        "_fields",
        "_head",
        "_head_bytes",
        "_in_head",
        "_limits",
        "_now",
        "_number",
        "_odd",
        "_outbox",
        "_parser",
        "_progress",
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
        self._fields = self._head = _NO_FIELDS
        self._body: list[bytes] = []
        self._in_head = self._odd = False
        self._limits, self._now = service.limits, service.clock.now
        self._raw_bytes = self._head_bytes = self._body_bytes = 0
        self._progress = Progress()
        self.heard = service.second
        self.busy_since: int | None = None

    # From the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse at once where there are too many."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop registers no such base class
        service = self._service
        self._outbox = Outbox(self._transport, service.clock, service.limits.pipelined, self._answer_sent)
        self._parser = httptools.HttpRequestParser(self)
        service.opened += 1
        self._number = service.opened
        self._service.connections.add(self)
        tls = transport.get_extra_info("ssl_object")
        if tls is not None and tls.selected_alpn_protocol() == "h2":
            self._become_http2(b"")
        elif len(self._service.connections) > self._limits.connections:
            self._refuse(too_many())

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
            self._stay(memoryview(data)[int(upgrade.args[0]) :])
        except httptools.HttpParserError as error:
            self._malformed(error, data)
        if self.busy_since is not None and answered == self._answered:
            self._raw_bytes += len(data)
            self._check_size()

    def _begins_http2(self, data: bytes) -> bool:
        """True if what came so far is a beginning of HTTP/2, of which the parser understands the first line."""
        rest = PREFACE[self._raw_bytes :]
        return self._url == b"*" and self._parser.get_method() == b"PRI" and rest != b"" and data.startswith(rest)

    def _become_http2(self, data: bytes) -> None:
        """Leave the connection to HTTP/2, by agreement in TLS or by how it begins; `data` ends with its last bytes."""
        try:
            from smartsandbox.replay_engine.serve.http2 import Http2Connection
        except ImportError:
            self._refuse(problem(505, "No HTTP/2", "this server needs h2 for it: pip install 'smartsandbox[http2]'"))
            return
        self._deaf = self._outbox.ended = True
        self._service.connections.discard(self)
        other = Http2Connection(self._service)
        self._transport.set_protocol(other)
        other.connection_made(self._transport)
        if data:
            other.data_received(PREFACE[: self._raw_bytes] + data)

    def eof_received(self) -> bool:
        """A client may close its sending side and still wait for answers."""
        return not self._outbox.empty and self._transport.can_write_eof()

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
        self._raw_bytes = self._head_bytes = self._body_bytes = 0
        self._in_head, self._odd = True, False
        self._begun = self._now()
        self.busy_since = self._service.second

    def on_url(self, url: bytes) -> None:
        """Called for each piece of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the few fields that decide anything."""
        self._head_bytes += len(name) + len(value) + 4
        lower = name.lower()
        if lower in READ:
            fields = self._fields
            if lower in fields:
                value = repeated(lower, fields[lower], value)
                self._odd = True
            fields[lower] = value

    def on_headers_complete(self) -> None:
        """Look closer at a head that is out of the ordinary, and refuse a body that says it is too large."""
        self._in_head = False
        fields = self._fields
        if (
            self._odd
            or b"host" not in fields
            or b"transfer-encoding" in fields
            or b"expect" in fields
            or b"upgrade" in fields
            or self._head_bytes + len(self._url) > self._limits.head_bytes
        ):
            self._examine()
        elif b"content-length" in fields and int(fields[b"content-length"]) > self._limits.body_bytes:
            self._refuse(body_too_large(self._limits))

    def _examine(self) -> None:
        """Refuse what may not be; invite a client that waits to be invited. A trailer section decides nothing."""
        self._odd = True
        self._head, self._fields = self._fields, {}
        version = self._parser.get_http_version()
        refused = refusal(self._head, version, self._head_bytes + len(self._url), self._limits)
        if refused is not None:
            self._refuse(refused)
        elif b"expect" in self._head and version != "1.0" and not self._deaf:
            self._outbox.send(Answer(AT_ONCE, _CONTINUE, b""), self._begun)

    def on_body(self, piece: bytes) -> None:
        """Collect, within the limit."""
        self._body_bytes += len(piece)
        if self._body_bytes > self._limits.body_bytes:
            self._refuse(body_too_large(self._limits))
        elif not self._deaf:
            self._body.append(piece)

    def on_message_complete(self) -> None:
        """Answer. The parser knows from here on whether the connection stays."""
        if self._deaf or self._outbox.ended:
            return
        method = self._parser.get_method().decode()
        if self._odd:
            self._fields = self._head
            if self._parser.should_upgrade() and method != "CONNECT":
                return  # `_stay` reads it again
            if self._head_bytes > self._limits.head_bytes:
                self._refuse(head_too_large(self._limits))  # its trailer section made it so
                return
        self.busy_since = None
        self._answered += 1
        body = b"".join(self._body) if self._body else b""
        request = LiveRequest(method, self._url, self._fields, body, self._begun, self._number)
        self._outbox.send(self._fit(request, self._service.answer(request)), self._begun)

    def _fit(self, request: LiveRequest, answer: Answer) -> Answer:
        """The answer as this request and this connection take it."""
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
        if self._service.draining and outbox.empty and self.busy_since is None:
            outbox.finish()

    def reset(self) -> None:
        """Break off."""
        self._outbox.reset()

    # What is refused

    def _malformed(self, error: Exception, data: bytes = b"") -> None:
        if self._answered == 0 and self._begins_http2(data):
            self._become_http2(data)
        elif isinstance(error, httptools.HttpParserCallbackError):
            self._refuse(failed())
            context = error.__context__
            loop = asyncio.get_running_loop()
            loop.call_exception_handler({"message": "a request could not be answered", "exception": context or error})
        elif self._head_bytes + len(self._url) > self._limits.head_bytes:
            self._refuse(head_too_large(self._limits))
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
        """A head, trailers, or the framing around a body, may not grow without end either."""
        limits = self._limits
        if self._head_bytes > limits.head_bytes or (self._in_head and self._raw_bytes > _PADDED * limits.head_bytes):
            self._refuse(head_too_large(limits))
        elif self._raw_bytes > 2 * limits.body_bytes + limits.head_bytes:
            self._refuse(body_too_large(limits))

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

    def drain(self) -> None:
        """Close now if nothing is on its way; otherwise after what is."""
        if self._outbox.empty and self.busy_since is None:
            self._outbox.close()

    def _stay(self, rest: memoryview) -> None:
        """Offers to change protocols are declined: each request is read again as one of HTTP/1.1 without the offer."""
        while not (self._deaf or self._outbox.ended):
            method = self._parser.get_method()
            kept = ((name, value) for name, value in self._fields.items() if name not in _OFFER)
            lines = b"".join(b"%s: %s\r\n" % pair for pair in kept)
            self._parser = httptools.HttpRequestParser(self)
            try:
                self._parser.feed_data(b"%s %s HTTP/1.1\r\n%s\r\n" % (method, self._url, lines))
                self._parser.feed_data(rest)
                return
            except httptools.HttpParserUpgrade as upgrade:
                rest = rest[int(upgrade.args[0]) :]
            except httptools.HttpParserError as error:
                self._malformed(error)
                return
