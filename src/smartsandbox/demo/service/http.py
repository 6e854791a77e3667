"""From HTTP to a call and back: body decoding, and an answer's coding, entity tag and headers."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from smartsandbox.demo.service.call import Answer
from smartsandbox.demo.service.errors import ApiError

_SMALLEST_GZIP = 400


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came in; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What goes out."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def read_query(raw: bytes) -> dict[str, str]:
    """The parameters of a query; of a repeated one, the last."""
    return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))


def read_body(request: HttpRequest) -> Mapping[str, Any]:
    """The JSON object or form in a body, empty for none. Raises the 400 answer if it cannot be read."""
    if not request.body:
        return {}
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return read_query(request.body)
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        message = f"The body is not valid JSON: {str(error).partition(':')[0]}"
        raise ApiError(400, "invalid_request_error", "malformed_body", message) from error
    if not isinstance(body, dict):
        raise ApiError(400, "invalid_request_error", "malformed_body", "The body must be a JSON object")
    return body


def render(answer: Answer, request: HttpRequest, request_id: str) -> HttpResponse:
    """The answer on the wire: 304 for a body the client has, gzip where it is accepted and worth it."""
    body = orjson.dumps(answer.body)
    headers = (("x-request-id", request_id), ("harbourpay-version", "2026-02-10"), *answer.headers)
    if request.method == "GET" and answer.status == 200:
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
        headers = (*headers, ("etag", tag), ("cache-control", "private, no-cache"))
        if request.headers.get("if-none-match") == tag:
            return HttpResponse(304, headers, b"")
    headers = (("content-type", "application/json"), ("vary", "Accept-Encoding"), *headers)
    if len(body) >= _SMALLEST_GZIP and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        headers = (*headers, ("content-encoding", "gzip"))
    return HttpResponse(answer.status, (*headers, ("content-length", str(len(body)))), body)
