"""The rewriter: takes one exchange apart into leaves, hands each to a visitor and puts the exchange together again.

Where the visitor changes nothing, the exchange comes back byte for byte. Framing headers are not leaves: they follow
from the body.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from smartsandbox.anonymize.bodies import rewrite_body
from smartsandbox.anonymize.codecs import rewrite_nested
from smartsandbox.anonymize.codecs.authorization import rewrite_authorization
from smartsandbox.anonymize.codecs.cookie import rewrite_cookies, rewrite_set_cookies
from smartsandbox.anonymize.codecs.form import rewrite_form
from smartsandbox.anonymize.codecs.percent import visit_escaped
from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import CLOSING, KEY, VALUE, IsMap, Kind, Location, Pointer, Visit
from smartsandbox.anonymize.walk import Codecs, Shared, Walk
from smartsandbox.packs.endpoints import Bound
from smartsandbox.packs.messages import cut_reason
from smartsandbox.packs.model import Exchange, Headers, Message, MessageKind, Request, Response, header

FRAMING = frozenset(("content-length", "transfer-encoding", "trailer", "keep-alive", "connection"))
"""Header lines that say how a message was cut up on the wire; whoever sends it again writes them anew."""

CODECS = Codecs(rewrite_nested, rewrite_body)
"""What strings and bodies are looked into with."""

CREDENTIALS = frozenset(("authorization", "proxy-authorization"))
"""Header lines that hold a scheme and what it asks for."""
_PATH_SAFE = "~!$&'()*+,;=:@"


class Parts(NamedTuple):
    """What is rewritten of an exchange."""

    session: str | None
    request: Request
    response: Response | None
    started_us: int
    ttfb_us: int | None
    total_us: int | None
    messages: tuple[Message, ...] | None


def no_maps(endpoint: str, location: str, pointer: Pointer) -> bool:
    """The IsMap that relies on the look of each key alone."""
    return False


def rewrite(exchange: Exchange, bound: Bound, visit: Visit, is_map: IsMap = no_maps) -> Exchange:
    """Visit every leaf of an exchange, always in the same order, and return the exchange made of the answers.

    `bound` is the exchange's endpoint with its path parameters. Ids, service and source are left to the caller.
    """
    return Rewriter(visit, is_map).run(exchange, bound)


class Rewriter:
    """Rewrites one exchange after another."""

    def __init__(self, visit: Visit, is_map: IsMap) -> None:
        self.visit, self.is_map = visit, is_map
        self.endpoint, self.params = "", tuple[tuple[str, str], ...]()
        self.shared = Shared()

    def run(self, old: Exchange, bound: Bound) -> Exchange:
        """What `rewrite` gives."""
        parts = self.parts(old, bound)
        return Exchange(
            id=old.id, service=old.service, failure=old.failure, endpoint=bound.name, caused_by=old.caused_by,
            source=old.source, session=parts.session, request=parts.request, response=parts.response,
            started_us=parts.started_us, ttfb_us=parts.ttfb_us, total_us=parts.total_us, messages=parts.messages,
        )  # fmt: skip

    def parts(self, old: Exchange, bound: Bound) -> Parts:
        """What the visitor makes of an exchange, for whoever has no need of an exchange or makes it himself."""
        self.endpoint, self.params = bound.name, bound.params
        self.shared.begin()
        session = None if old.session is None else self.one(Location.SESSION, old.session)
        request = self.request(old.request)
        response = None if old.response is None else self.response(old.response)
        started_us = self.time("started", old.started_us) or 0
        ttfb_us, total_us = self.time("ttfb", old.ttfb_us), self.time("total", old.total_us)
        messages = None if old.messages is None else tuple(map(self.message, old.messages))
        return Parts(session, request, response, started_us, ttfb_us, total_us, messages)

    def walk(self, location: Location) -> Walk:
        return Walk(self.endpoint, location, self.visit, self.is_map, CODECS, self.shared)

    def one(self, location: Location, value: str, pointer: Pointer = (), kind: Kind = Kind.STRING) -> str | None:
        return self.walk(location).leaf(value, pointer, (), kind)

    def time(self, name: str, value: int | None) -> int | None:
        if value is None:
            return None
        changed = self.one(Location.TIMING, str(value), (name,), Kind.NUMBER)
        return None if changed is None else int(changed)

    def request(self, old: Request) -> Request:
        body_type = (header(old.headers, "content-type") or "") if old.body else ""
        query = self.walk(Location.QUERY)
        return Request(
            method=self.one(Location.METHOD, old.method) or old.method,
            scheme=self.one(Location.SCHEME, old.scheme) or old.scheme,
            host=self.one(Location.HOST, old.host) or "",
            path=self.path(old.path),
            query=rewrite_form(old.query, (), (), query, 0) if old.query else old.query,
            headers=self.headers(old.headers, Location.REQUEST_HEADER),
            body=self.body(old.body, body_type, Location.REQUEST_BODY),
        )

    def response(self, old: Response) -> Response:
        body_type = (header(old.headers, "content-type") or "") if old.body else ""
        return Response(
            status=old.status,
            reason=(self.one(Location.REASON, old.reason) or "") if old.reason else old.reason,
            headers=self.headers(old.headers, Location.RESPONSE_HEADER),
            body=self.body(old.body, body_type, Location.RESPONSE_BODY),
        )

    def body(self, body: bytes, media_type: str, location: Location) -> bytes:
        return rewrite_body(body, media_type, self.walk(location))

    def message(self, old: Message) -> Message:
        """A message of a WebSocket. Two of one exchange may be about two people and look alike, so their objects are
        numbered one by one.
        """
        location = Location.WS_SENT if old.sent else Location.WS_RECEIVED
        at_us = self.time("message", old.at_us) or 0
        if old.kind is MessageKind.CLOSE:
            payload = self.reason(old.payload, location)
        else:
            payload = rewrite_body(old.payload, "", self.walk(location))
        if old.kind is MessageKind.TEXT and payload != old.payload:
            payload = payload.decode("utf-8", "replace").encode()
        return Message(old.sent, at_us, old.kind, payload, old.code)

    def reason(self, reason: bytes, location: Location) -> bytes:
        """The reason of a close."""
        if not reason:
            return reason
        text = reason.decode("utf-8", "replace")
        changed = one_line(self.one(location, text, (CLOSING,)) or "")
        return reason if changed == text else cut_reason(changed.encode("utf-8", "replace"))

    def path(self, path: str) -> str:
        """Parameters are leaves; literals were decided when the endpoint was taken into the policy."""
        if not self.params:
            return path
        most, places = _parameters(self.endpoint)
        segments = path.split("/", most)
        walk, scope = self.walk(Location.PATH), (next(self.shared.scopes),)
        for index, (name, raw) in zip(places, self.params, strict=True):
            segments[index] = self.segment(raw, (name,), scope, walk)
        return "/".join(segments)

    def segment(self, raw: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk) -> str:
        safe = _PATH_SAFE + ("/" if "/" in raw else "")
        changed = visit_escaped(raw, pointer, scope, walk, 0, lambda new: quote(new, safe=safe, errors="replace"))
        return changed or ("-" if raw else raw)

    def headers(self, headers: Headers, location: Location) -> Headers:
        return tuple(pair for name, value in headers if (pair := self.header(name, value, location)) is not None)

    def header(self, name: str, value: str, location: Location) -> tuple[str, str] | None:
        lower = name.lower()
        walk = self.walk(location)
        scope = (next(self.shared.scopes),)
        changed: str | None
        if lower in FRAMING or not value:
            changed = value
        elif lower == "cookie":
            changed = rewrite_cookies(value, scope, self.walk(Location.REQUEST_COOKIE))
        elif lower == "set-cookie":
            changed = rewrite_set_cookies(value, scope, self.walk(Location.RESPONSE_COOKIE))
        elif lower in CREDENTIALS:
            changed = rewrite_authorization(value, (lower,), scope, walk, 0)
        elif is_value_key(lower):
            name = walk.leaf(name, (KEY,), scope, Kind.KEY) or name
            changed = walk.string(value, (VALUE,), scope, 0)
        else:
            changed = walk.string(value, (lower,), scope, 0)
        return None if changed is None else (name, one_line(changed) if changed != value else value)


@lru_cache(maxsize=1024)
def _parameters(endpoint: str) -> tuple[int, tuple[int, ...]]:
    """How often a path of the endpoint is split, and which of its segments are parameters."""
    template = endpoint.partition(" ")[2].split("/")
    places = (at for at, part in enumerate(template) if part.startswith("{") and part.endswith("}"))
    return len(template) - 1, tuple(places)


def one_line(value: str) -> str:
    """The text without line ends, which no header line may hold."""
    return value.replace("\r", " ").replace("\n", " ")
