"""`5xx`, `4xx` and `status=503`: another answer, which says that it was injected, in the place of the recorded one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus

from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.plan import AT_ONCE
from smartsandbox.replay_engine.serve.answer import BANNER, Answer
from smartsandbox.replay_engine.serve.faults.base import Kind, Outgoing, no_value

_SERVER = (500, 502, 503, 504)
_CLIENT = (400, 403, 404, 409, 422, 429)
_RETRY = (429, 503)
_TAKES = "takes a status from 400 to 599, such as 503"


@dataclass(frozen=True, slots=True)
class Status:
    """One of `statuses`, each as likely."""

    statuses: tuple[int, ...]

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """See faults.base. The answer comes when the recorded one would have, and the connection stays."""
        status = self.statuses[int(draw.uniform("status") * len(self.statuses))]
        course = replace(outgoing.course, sends=True, end=None)
        return Outgoing(injected(status), course), str(status)


def injected(status: int) -> Answer:
    """A problem with this status; 429 and 503 say when to try again."""
    reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Injected"
    body = b'{"type":"about:blank","title":"Injected fault","status":%d}' % status
    retry = b"Retry-After: 1\r\n" if status in _RETRY else b""
    head = b"HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\nContent-Length: %d\r\n%s%s\r\n"
    return Answer(AT_ONCE, head % (status, reason.encode(), len(body), retry, BANNER), body)


def _make(value: str) -> Status:
    if len(value) != 3 or not value.isascii() or not value.isdecimal() or not 400 <= int(value) <= 599:
        raise ValueError(_TAKES)
    return Status((int(value),))


def _server(value: str) -> Status:
    no_value(value)
    return Status(_SERVER)


def _client(value: str) -> Status:
    no_value(value)
    return Status(_CLIENT)


KIND = Kind("status", _make)
SERVER_ERRORS = Kind("5xx", _server)
CLIENT_ERRORS = Kind("4xx", _client)
