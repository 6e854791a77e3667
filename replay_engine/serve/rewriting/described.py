"""A live request as expressions see it, without what is over their bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.replay_engine.serve.effects import Served
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.rewriting.expressions import affordable

_MAX_BODY = 16 * 1024


class Describer:
    """Names the parameters of these endpoints' paths."""

    def __init__(self, endpoints: Iterable[str]) -> None:
        self._table = EndpointTable.of(set(endpoints))

    def names(self, served: Served, now: str) -> dict[str, Any]:
        """What an expression can name, but for what is recorded. `seq` counts the requests of a session from 1, so that
        issued ids differ."""
        name = served.session.name.removeprefix("session ")
        return {"request": self._request(served.request), "session": name, "seq": served.ordinal + 1, "now": now}

    def handshake(self, request: LiveRequest, session: str) -> dict[str, Any]:
        """What expressions about the messages of a WebSocket can name of its handshake."""
        return {"request": self._request(request), "session": session.removeprefix("session ")}

    def _request(self, request: LiveRequest) -> dict[str, Any]:
        path, query = request.path_and_query()
        bound = self._table.match(request.method, path)
        parts = {
            "method": request.method,
            "path": {name: unquote(segment) for name, segment in bound.params} if bound else {},
            "query": dict(reversed(parse_qsl(query, keep_blank_values=True))),
            "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in request.fields.items()},
            "body": _body(request),
        }
        return {name: value if affordable(value) else {} for name, value in parts.items()}


def _body(request: LiveRequest) -> Any:
    """The request's JSON body or form; {} for any other, or a large one."""
    if len(request.body) > _MAX_BODY or not request.body:
        return {}
    if request.fields.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded"):
        return dict(reversed(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)))
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return {}
