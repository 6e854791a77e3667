"""One HTTP/1.1 request from what a parser says of it, answered once it is complete.

Limits are checked as pieces arrive, so a client costs no more memory than they allow.
"""

from __future__ import annotations

import asyncio

import httptools

from smartsandbox.replay_engine.plan import AT_ONCE
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.framing import body_too_large, head_too_large, refusal, repeated
from smartsandbox.replay_engine.serve.outbox import Outbox
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.service import Service

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_NO_FIELDS: dict[bytes, bytes] = {}


class Incoming(asyncio.Protocol):
    """See the module. `heard` is the second of the last byte, `busy_since` that of an unfinished request's first."""

    __slots__ = (
        "_answered",
        "_begun",
        "_body",
        "_body_bytes",
        "_deaf",
        "_fields",
        "_head",
        "_head_bytes",
        "_held",
        "_in_head",
        "_limits",
        "_now",
        "_number",
        "_odd",
        "_offers",
        "_outbox",
        "_parser",
        "_raw_bytes",
        "_read",
        "_service",
        "_socket",
        "_url",
        "busy_since",
        "heard",
    )
    _outbox: Outbox

    def __init__(self, service: Service) -> None:
        self._service = service
        self._limits, self._now, self._read = service.limits, service.clock.now, service.read
        service.opened += 1
        self._number = service.opened
        self._parser = httptools.HttpRequestParser(self)
        self._deaf = False
        """Nothing that still arrives is read: a last answer is on its way, or sent."""
        self._answered = 0
        self._url, self._begun = b"", 0.0
        self._fields = self._head = _NO_FIELDS
        self._body: list[bytes] = []
        self._in_head = self._odd = self._offers = False
        self._socket: asyncio.Protocol | None = None
        """Whom the connection was left to, as a WebSocket."""
        self._raw_bytes = self._head_bytes = self._body_bytes = self._held = 0
        self.heard = service.second
        self.busy_since: int | None = None

    def _fit(self, request: LiveRequest, answer: Answer) -> Answer:
        """The answer as this request and this connection take it."""
        raise NotImplementedError

    def _refuse(self, answer: Answer) -> None:
        """What arrives is no request, or too much: answer and end."""
        raise NotImplementedError

    def _become_websocket(self, request: LiveRequest, answer: Answer) -> bool:
        """Leave the connection to the WebSocket that the answer opens; False if it opens none."""
        raise NotImplementedError

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
        if lower in self._read:
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
        if self._held:
            self._release()
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
        answer = self._service.answer(request)
        if not (self._offers and self._become_websocket(request, answer)):
            self._outbox.send(self._fit(request, answer), self._begun)

    def _release(self) -> None:
        """Nothing is held of an unfinished request any more."""
        self._service.unfinished -= self._held
        self._held = 0
