"""The ASGI face of the service and of the webhook receiver."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from smartsandbox.demo.service.api import Reset
from smartsandbox.demo.service.http import HttpRequest, HttpResponse, read_query

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

RESET = "smartsandbox.reset"
"""The ASGI extension through which a connection can be dropped."""


class Serves(Protocol):
    """Answers a request, or raises Reset."""

    async def serve(self, request: HttpRequest) -> HttpResponse: ...


class AsgiApp:
    """An ASGI 3 application around something that serves."""

    def __init__(self, service: Serves) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Without the reset extension in the scope, Reset is raised to the caller."""
        request = await _read(scope, receive)
        try:
            response = await self._service.serve(request)
        except Reset:
            drop = scope.get("extensions", {}).get(RESET)
            if drop is None:
                raise
            drop()
            await receive()  # returns once the connection is gone; before that the server would answer with a 500
            return
        headers = [(name.encode(), value.encode("latin-1")) for name, value in response.headers]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})


async def _read(scope: Scope, receive: Receive) -> HttpRequest:
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return HttpRequest(scope["method"], scope["path"], read_query(scope["query_string"]), headers, b"".join(parts))
