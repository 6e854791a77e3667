"""A request as it came off the wire: the parts that matching, state and negotiation read, and nothing more."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smartsandbox.packs.key import CREDENTIAL_HEADERS, credential_digest

SESSION = b"x-sandbox-session"
HOST = b"x-sandbox-host"
RUN = b"x-sandbox-run"
IDEMPOTENCY_KEY = b"idempotency-key"
CLOCK = b"x-sandbox-clock"
CHAOS = b"x-chaos"
SCENARIO = b"x-sandbox-scenario"
KEY, VERSION = b"sec-websocket-key", b"sec-websocket-version"
PROTOCOL, EXTENSIONS = b"sec-websocket-protocol", b"sec-websocket-extensions"
READ = frozenset(
    {SESSION, HOST, RUN, IDEMPOTENCY_KEY, CLOCK, CHAOS, SCENARIO}
    | {b"host", b"content-type", b"accept-encoding", b"content-encoding"}
    | {b"if-modified-since", b"if-none-match", b"if-range", b"last-event-id", b"range"}
    | {KEY, VERSION, PROTOCOL, EXTENSIONS}
    | {b"connection", b"content-length", b"expect", b"transfer-encoding", b"upgrade"}
    | {name.encode() for name in CREDENTIAL_HEADERS}
)
"""The headers that are kept, in lower case."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)([^?#]*)(?:\?([^#]*))?")
"""Authority, path and query of a target in absolute form, however odd they are."""
_CREDENTIALS = tuple(name.encode() for name in CREDENTIAL_HEADERS)


@dataclass(slots=True)
class LiveRequest:
    """`target` is the raw request target; `fields` the headers in READ, first value each; `begun` the clock's time
    at the first byte; `connection` a number that the connection's requests share."""

    method: str
    target: bytes
    fields: dict[bytes, bytes]
    body: bytes
    begun: float
    connection: int = 0

    def header(self, name: bytes) -> str | None:
        """A header's value, or None."""
        value = self.fields.get(name)
        return None if value is None else value.decode("latin-1")

    def credential(self) -> str | None:
        """As packs.key.credential_of: the digest that names the caller."""
        for name in _CREDENTIALS:
            value = self.fields.get(name)
            if value:
                return credential_digest(value.decode("latin-1"))
        return None

    def host(self) -> str | None:
        """The host it asks for: X-Sandbox-Host, the absolute form of the target, or Host; lower case."""
        named = self.header(HOST)
        if named is None and self.target[:1] not in (b"/", b"*"):
            absolute = _ABSOLUTE.match(self.target.decode("latin-1"))
            named = absolute[1].rpartition("@")[2] if absolute else None
        named = named or self.header(b"host")
        return named.lower() if named else None

    def path_and_query(self) -> tuple[str, str]:
        """The path and the raw query of the target, in origin or absolute form, without a fragment."""
        target = self.target.decode("latin-1")
        if target[:1] not in ("/", "*"):
            absolute = _ABSOLUTE.match(target)
            return (absolute[2] or "/", absolute[3] or "") if absolute else (target, "")
        path, _, query = target.partition("#")[0].partition("?")
        return path, query
