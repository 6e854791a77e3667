"""What holds for every request, as plain ASGI: foreign host names, HEAD, security headers, unforeseen exceptions."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartsandbox.packs.certificate_page import STYLE
from smartsandbox.packs.errors import place_of
from smartsandbox.server.problems import INTERNAL, MEDIA_TYPE, MISDIRECTED, Kind, problem

# A certificate's page is one file with its sheet inside: that very text is let in, and no other.
_SHEET = base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'self' 'sha256-{_SHEET}'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_log = logging.getLogger("smartsandbox.server")


class Headed:
    """Adds the security headers to every answer; answers are revalidated unless they say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._app(scope, receive, send_headed if scope["type"] == "http" else send)


class Head:
    """Answers HEAD as GET without the content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_start(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, send_start)
        else:
            await self._app(scope, receive, send)


class HostGate:
    """Refuses a Host that is not on the list (an empty list lets all pass)."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app, self._allowed = app, frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._allowed or host_of(scope) in self._allowed:
            await self._app(scope, receive, send)
        else:
            response = _problem(MISDIRECTED, "the Host header names another server", scope)
            await response(scope, receive, send)


class Guard:
    """Turns an unforeseen exception into a problem. Its message may hold captured data, so only its kind and place
    are logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception as error:
            _log.error("%s at %s", type(error).__name__, place_of(error))
            if started or scope["type"] != "http":
                raise ConnectionAbortedError("the answer was cut off") from None
            await _problem(INTERNAL, "The server failed.", scope)(scope, receive, send)


def host_of(scope: Scope) -> str:
    """The Host header's name in lower case, without its port; an IPv6 address keeps its brackets."""
    host = Headers(scope=scope).get("host", "").lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _problem(kind: Kind, detail: str, scope: Scope) -> Response:
    content = problem(kind, detail, scope["path"]).model_dump_json()
    return Response(content, kind.status, media_type=MEDIA_TYPE)
