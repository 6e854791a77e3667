"""An answer: a plan and the bytes it sends, ready for the wire and safe to keep and to send again."""

from __future__ import annotations

from typing import Any

from smartsandbox.packs.canonical import canonical_json
from smartsandbox.replay_engine.plan import AT_ONCE, Plan

BANNER = b"X-Sandbox: TEST ONLY\r\n"
MATCH = b"X-Sandbox-Match: %s\r\n"
"""By which tier an exchange was found."""
OPENS = b"HTTP/1.1 101 "
"""What the head of a recorded handshake begins with."""
_CLOSE = b"Connection: close\r\n\r\n"
_KEEP = b"Connection: keep-alive\r\n\r\n"
_REASONS = {
    200: b"OK",
    202: b"Accepted",
    400: b"Bad Request",
    401: b"Unauthorized",
    404: b"Not Found",
    405: b"Method Not Allowed",
    408: b"Request Timeout",
    409: b"Conflict",
    410: b"Gone",
    413: b"Content Too Large",
    417: b"Expectation Failed",
    422: b"Unprocessable Content",
    426: b"Upgrade Required",
    431: b"Request Header Fields Too Large",
    500: b"Internal Server Error",
    501: b"Not Implemented",
    503: b"Service Unavailable",
    505: b"HTTP Version Not Supported",
}


class Answer:
    """`head` ends with its blank line; `whole` is head and body in one piece if the plan sends them at once."""

    __slots__ = ("body", "final", "head", "plan", "varies", "whole")

    def __init__(self, plan: Plan, head: bytes, body: bytes, *, final: bool = False, varies: int = -1) -> None:
        self.plan, self.head, self.body = plan, head, body
        self.whole = head + body if plan is AT_ONCE else b""
        self.final = final
        """True if nothing can follow it on its connection."""
        self.varies = varies
        """The row it is of, if more of a request than its key may change it (see `representations`); else -1."""

    def closing(self) -> Answer:
        """The same, saying that the connection closes after it."""
        return Answer(self.plan, self.head[:-2] + _CLOSE, self.body, final=True)

    def planned(self, plan: Plan, *, final: bool = False) -> Answer:
        """The same bytes by another plan; `final` if that one ends the connection."""
        return Answer(plan, self.head, self.body, final=self.final or final, varies=self.varies)

    def marked(self, lines: bytes) -> Answer:
        """The same with more header lines, each with its line end; an answer without a head has nowhere for them."""
        if not self.head:
            return self
        head = self.head[:-2] + lines + b"\r\n"
        return Answer(self.plan, head, self.body, final=self.final, varies=self.varies)

    def keeping(self) -> Answer:
        """The same, saying to an HTTP/1.0 client that the connection stays."""
        return Answer(self.plan, self.head[:-2] + _KEEP, self.body)

    def bodiless(self) -> Answer:
        """The same without its body, for HEAD."""
        return Answer(self.plan, self.head, b"", final=self.final)


def json_answer(value: Any, status: int = 200, kind: bytes = b"application/json") -> Answer:
    """An answer of the sandbox's own, not from the pack."""
    body = canonical_json(value)
    head = b"HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n" % (
        status,
        _REASONS[status],
        kind,
        len(body),
        BANNER,
    )
    return Answer(AT_ONCE, head, body)


def problem(status: int, title: str, detail: str, **more: Any) -> Answer:
    """An RFC 9457 problem."""
    value = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return json_answer(value, status, b"application/problem+json")
