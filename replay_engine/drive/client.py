"""One keep-alive connection to the target with at most one request on its way.

It parses; the run that owns it decides. Redirects are answers like any other, and never followed.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

import httptools

from smartsandbox.packs.codings import MAX_BODY
from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.drive.outcomes import Ending
from smartsandbox.replay_engine.drive.whole import Head, Whole

MOST_HEAD = 1 << 20
"""Bytes of an answer's header fields; one with more is malformed."""
MOST_BODY = MAX_BODY
"""Bytes of an answer's body that are kept. No recorded one has more: it differs in any case, and is counted in full."""
CUT = b"(a body over the limit)"
"""What is kept of one with more."""


class TooLargeError(Exception):
    """Raised through the parser, which takes it for a fault of the answer."""


class Owner(Protocol):
    """What a connection reports to."""

    def connected(self, connection: Connection) -> None:
        """It is open and free."""
        ...

    def ended(self, connection: Connection, ending: Ending) -> None:
        """The request on its way ended so; the connection's fields say with what."""
        ...

    def closed(self, connection: Connection) -> None:
        """It will carry nothing more."""
        ...


class Connection(asyncio.Protocol):
    """See the module. `at` is the place in the schedule of the request on its way, -1 if there is none."""

    __slots__ = (
        "_complete",
        "_head_bytes",
        "_head_only",
        "_in_body",
        "_now",
        "_owner",
        "_parser",
        "_pieces",
        "_transport",
        "_until_close",
        "_whole",
        "at",
        "first",
        "free_since",
        "head",
        "headers",
        "keep",
        "open",
        "rest",
        "size",
        "status",
    )

    def __init__(self, owner: Owner, clock: Clock, whole: Whole) -> None:
        self._owner, self._now, self._whole = owner, clock.now, whole
        self._parser = httptools.HttpResponseParser(self)
        self.at = -1
        self.open = self.keep = self._head_only = False
        self.free_since = self.first = 0.0
        self.status, self.size = -1, 0
        self.head: Head | None = None
        """The answer's head if it was of the plain kind."""
        self._clear()

    def _clear(self) -> None:
        """Forget what the parser told."""
        self._complete = self._in_body = False
        self._until_close, self._head_bytes = True, 0
        self.rest = b""
        """What came behind an answer that changes the protocol."""
        self.headers: list[tuple[bytes, bytes]] = []
        self._pieces: list[bytes] = []

    @property
    def body(self) -> bytes:
        """The body as it came over the wire."""
        return b"".join(self._pieces)

    def send(self, at: int, message: bytes, *, head_only: bool) -> None:
        """Send a request whose answer has no body if `head_only`."""
        self.at, self._head_only = at, head_only
        self.first, self.status, self.size, self.head = 0.0, -1, 0, None
        self._transport.write(message)

    def leave(self) -> tuple[asyncio.Transport, bytes]:
        """Give the connection away, with what came behind the answer."""
        self.open, rest = False, self.rest
        return self._transport, rest

    def abort(self) -> None:
        """Close at once."""
        self.open = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Report for work."""
        self._transport = cast("asyncio.Transport", transport)
        self.open = True
        self._owner.connected(self)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, then report if the answer is complete: not inside its callbacks, which it must leave."""
        if self.at < 0:
            self.abort()  # bytes that nobody asked for
            return
        if not self.first:
            self.first = self._now()
            if not self._head_only and (found := self._whole.head(data)) is not None:
                self._take(*found, data)
                return
            self._clear()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.rest = data[int(upgrade.args[0]) :]
            self._report(Ending.ANSWERED if self.status == 101 else Ending.MALFORMED, keep=False)
            return
        except httptools.HttpParserError:
            if not self._complete:
                self._report(Ending.ANSWERED if self.status == 101 else Ending.MALFORMED, keep=False)
                return
            self.keep = False
        if self._complete:
            self._report(Ending.ANSWERED, keep=self.keep)

    def _take(self, head: Head, start: int, data: bytes) -> None:
        """A whole answer that needs no parser."""
        self.head, self.status, self.size, self.headers = head, head.status, head.length, head.headers
        self._pieces, self.keep = [data[start:]], head.keep
        self._owner.ended(self, Ending.ANSWERED)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect, up to the limit."""
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > MOST_HEAD:
            raise TooLargeError
        self.headers.append((name, value))
        lower = name.lower()
        if lower in (b"content-length", b"transfer-encoding"):
            self._until_close = False

    def on_headers_complete(self) -> None:
        """The answer to HEAD ends here, whatever length it states."""
        self.status = self._parser.get_status_code()
        self._in_body = True
        if self._head_only and self.status >= 200:
            self._complete = True
            self.keep = self._parser.should_keep_alive()
            self._parser = httptools.HttpResponseParser(self)

    def on_body(self, piece: bytes) -> None:
        """Collect, up to the limit; count all."""
        self.size += len(piece)
        if self.size <= MOST_BODY:
            self._pieces.append(piece)
        else:
            self._pieces = [CUT]

    def on_message_complete(self) -> None:
        """Interim answers (1xx) are passed over."""
        if self.status < 200:
            self._in_body = False
            if self.status != 101:
                self.headers = []
            return
        self._complete = True
        self.keep = self._parser.should_keep_alive()

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer without a length ends with its connection; any other was cut short."""
        self.open = False
        if self.at >= 0:
            self._report(self._cut(exc), keep=False)
        self._owner.closed(self)

    def _cut(self, exc: Exception | None) -> Ending:
        if self.first and self._in_body and self._until_close and exc is None:
            return Ending.ANSWERED
        if self.status in range(100, 200):
            return Ending.ANSWERED  # a recorded 1xx, served as the last word
        if isinstance(exc, ConnectionResetError):
            return Ending.RESET
        return Ending.TRUNCATED if self.first else Ending.UNANSWERED

    def _report(self, ending: Ending, *, keep: bool) -> None:
        self.keep = keep
        self._owner.ended(self, ending)
