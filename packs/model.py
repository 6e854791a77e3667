"""The vocabulary: an exchange and what it is made of.

Everything else in the house speaks in these values. They are frozen, hold no framework and do no I/O. Times are whole
microseconds. Bodies are bytes with transfer and content coding already undone; the `Content-Encoding` header stays as
recorded, and says how the body stood on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Headers = tuple[tuple[str, str], ...]
"""Name and value pairs in wire order. Names keep their case and may repeat; HTTP/2 pseudo-headers never stand here."""


class FailureKind(StrEnum):
    """How an exchange ended without a complete response."""

    RESET = "reset"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    CONNECT = "connect"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent.

    `host` is lower case and carries a port only if it is not the scheme's own. `path` is percent-encoded as on the
    wire and begins with "/" (or is "*"). `query` is raw, without its question mark.
    """

    method: str
    scheme: str
    host: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""

    @property
    def target(self) -> str:
        """The origin form of the request target: path, and query where there is one."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Response:
    """What the service answered; `status` is 100 to 599."""

    status: int
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""


class MessageKind(StrEnum):
    """What a message on a WebSocket is."""

    TEXT = "text"
    BINARY = "binary"
    CLOSE = "close"
    """The end of the connection."""


LOST = 1006
"""The code of a close that no frame announced (RFC 6455, 7.1.5)."""


@dataclass(frozen=True, slots=True)
class Message:
    """One whole message on a WebSocket, its fragments joined and its compression undone.

    `sent` is true for the client's. `at_us` is microseconds from the last byte of the handshake's answer, and never
    less than that of the message before. Text is UTF-8. Of a close, `payload` is the reason and `code` the status, None
    if it named none.
    """

    sent: bool
    at_us: int
    kind: MessageKind
    payload: bytes = b""
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it.

    Exactly one of these holds: `response` is set and `failure` is None; or `failure` says how it ended, and `response`
    is whatever part had arrived, or None.

    `started_us` is microseconds since the Unix epoch. `ttfb_us` runs from the request's first byte to the answer's
    first byte, `total_us` to its last; None where the recorder did not know. `session` groups the exchanges of one
    client in order. `endpoint` is the method and path template ("GET /v1/accounts/{account_id}"), None in a raw trace
    and always set in an anonymised one.
    """

    id: str
    service: str
    started_us: int
    request: Request
    response: Response | None = None
    failure: FailureKind | None = None
    ttfb_us: int | None = None
    total_us: int | None = None
    session: str | None = None
    endpoint: str | None = None
    caused_by: str | None = None
    source: str = ""
    """Where it was read from, "file#entry"; empty in an anonymised trace."""
    messages: tuple[Message, ...] | None = None
    """Where the answer opened a WebSocket, what was said on it; None for plain HTTP. Without a close at the end, the
    recording ended before the connection did, or does not say."""

    def __post_init__(self) -> None:
        if self.response is None and self.failure is None:
            raise ValueError(f"exchange {self.id} has neither a response nor a failure")

    @property
    def order(self) -> tuple[int, str]:
        """The total order of a trace."""
        return (self.started_us, self.id)


@dataclass(slots=True)
class Ledger:
    """What became of every item a stage saw: kept, or dropped with a reason. Counts only, never values."""

    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    unreadable_files: dict[str, str] = field(default_factory=dict)
    """File name to reason, for inputs that could not be read at all."""
    notes: dict[str, int] = field(default_factory=dict)
    """Things worth knowing that lost nothing, such as "no recorded latency"."""

    @property
    def seen(self) -> int:
        """Always kept plus dropped."""
        return self.kept + sum(self.dropped.values())

    def keep(self, count: int = 1) -> None:
        """Count items that went on to the next stage."""
        self.kept += count

    def drop(self, reason: str, count: int = 1) -> None:
        """Count items that did not, under their reason."""
        self.dropped[reason] = self.dropped.get(reason, 0) + count

    def note(self, what: str, count: int = 1) -> None:
        """Count an observation that lost nothing."""
        self.notes[what] = self.notes.get(what, 0) + count

    def to_json(self) -> dict[str, object]:
        """A JSON object with keys in a fixed order."""
        return {
            "seen": self.seen,
            "kept": self.kept,
            "dropped": dict(sorted(self.dropped.items())),
            "unreadable_files": dict(sorted(self.unreadable_files.items())),
            "notes": dict(sorted(self.notes.items())),
        }


def header(headers: Headers, name: str) -> str | None:
    """The first value of a header, or None. Names compare without case."""
    wanted, size = name.lower(), len(name)
    for key, value in headers:
        if len(key) == size and key.lower() == wanted:
            return value
    return None
