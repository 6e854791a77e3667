"""The receiving side of one HTTP/1.1 connection: its bytes fed to the parser, and those that are no request.

They may be malformed, grow without end, begin HTTP/2, or offer to change to another protocol.
"""

from __future__ import annotations

import asyncio

import httptools

from smartsandbox.replay_engine.serve.answer import problem
from smartsandbox.replay_engine.serve.framing import (
    body_too_large,
    failed,
    head_too_large,
    offers_websocket,
    too_much,
)
from smartsandbox.replay_engine.serve.incoming import Incoming

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a connection of HTTP/2 begins with."""

_OFFER = (b"connection", b"upgrade", b"expect")
"""What is left out of a request that is read again; a client that waits to be invited has been."""
_PADDED = 4
"""A head that is not complete may have this many times the bytes that count: white space between them does not."""


class Reader(Incoming):
    """See the module."""

    __slots__ = ()

    def _become_http2(self, data: bytes) -> None:
        """It is a connection of HTTP/2; `data` ends with its last bytes."""
        raise NotImplementedError

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
        if self.busy_since is not None and answered == self._answered and not self._deaf:
            self._raw_bytes += len(data)
            self._held += len(data)
            self._service.unfinished += len(data)
            self._check_size()

    def _begins_http2(self, data: bytes) -> bool:
        """True if what came so far is a beginning of HTTP/2, of which the parser understands the first line."""
        rest = PREFACE[self._raw_bytes :]
        return self._url == b"*" and self._parser.get_method() == b"PRI" and rest != b"" and data.startswith(rest)

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

    def _check_size(self) -> None:
        """A head, trailers, or the framing around a body, may not grow without end either."""
        limits = self._limits
        if self._head_bytes > limits.head_bytes or (self._in_head and self._raw_bytes > _PADDED * limits.head_bytes):
            self._refuse(head_too_large(limits))
        elif self._raw_bytes > 2 * limits.body_bytes + limits.head_bytes:
            self._refuse(body_too_large(limits))
        elif self._held > limits.head_bytes and self._service.unfinished > limits.unfinished_bytes:
            self._refuse(too_much())

    def _stay(self, rest: memoryview) -> None:
        """Offers to change protocols are declined, unless a WebSocket is offered and the answer opens one: each request
        is read again as one of HTTP/1.1 without the offer."""
        while not (self._deaf or self._outbox.ended):
            method = self._parser.get_method()
            self._offers = method == b"GET" and offers_websocket(self._fields)
            kept = ((name, value) for name, value in self._fields.items() if name not in _OFFER)
            lines = b"".join(b"%s: %s\r\n" % pair for pair in kept)
            self._parser = httptools.HttpRequestParser(self)
            try:
                self._parser.feed_data(b"%s %s HTTP/1.1\r\n%s\r\n" % (method, self._url, lines))
                self._offers = False
                if self._socket is not None:
                    self._socket.data_received(bytes(rest))
                    return
                self._parser.feed_data(rest)
                return
            except httptools.HttpParserUpgrade as upgrade:
                rest = rest[int(upgrade.args[0]) :]
            except httptools.HttpParserError as error:
                self._malformed(error)
                return
