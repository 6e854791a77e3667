"""Access logs with a JSON object a line, by the names that servers, proxies and clouds give their fields.

nginx, Caddy, Traefik, Envoy and Kong; load balancers and gateways of AWS, Google, Azure and Cloudflare; the fields of
Elastic's common schema and OpenTelemetry, and what web frameworks log. A name with dots is also a path into objects.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from smartsandbox.packs.capture.log_common import clf_moment
from smartsandbox.packs.capture.log_line import LogLine, micros, request_line, said
from smartsandbox.packs.capture.moments import from_epoch

Row = dict[str, Any]

_STATUS = [
    "status",
    "DownstreamStatus",
    "status_code",
    "statusCode",
    "response.status",
    "res.statusCode",
    "response_code",
    "responseCode",
    "http.response.status_code",
    "httpRequest.status",
    "EdgeResponseStatus",
    "properties.httpStatus",
    "properties.httpStatusCode",
    "sc-status",
    "http_status",
    "http.status_code",
]
_TARGET = [
    "request.uri",
    "request_uri",
    "requestUri",
    "RequestPath",
    "uri",
    "request.url",
    "req.url",
    "httpRequest.requestUrl",
    "url.original",
    "ClientRequestURI",
    "properties.requestUri",
    "originalUrl",
    "path",
    "url",
    "http.request.uri",
    "url.path",
    "http.target",
    "resourcePath",
]
_QUERY = ["args", "query_string", "url.query", "properties.requestQuery"]
_METHOD = [
    "request.method",
    "req.method",
    "request_method",
    "RequestMethod",
    "method",
    "http.request.method",
    "httpMethod",
    "httpRequest.requestMethod",
    "ClientRequestMethod",
    "properties.httpMethod",
    "http_method",
    "verb",
    "http.method",
]
_LINE = ["request", "requestLine", "request_line"]
_BEGAN = [
    "StartUTC",
    "StartLocal",
    "start_time",
    "started_at",
    "date",
    "@timestamp",
    "timestamp",
    "requestTimeEpoch",
    "requestTime",
    "EdgeStartTimestamp",
    "timeStamp",
]
_ENDED = ["ts", "msec", "time_iso8601", "time_local", "time"]
_HOST = [
    "request.host",
    "RequestHost",
    "http_host",
    "authority",
    ":authority",
    "req.headers.host",
    "host",
    "domainName",
    "ClientRequestHost",
    "properties.host",
    "properties.originalHost",
    "properties.hostName",
    "server_name",
    "url.domain",
    "vhost",
    "server.address",
]
_SCHEME = ["scheme", "request.scheme", "RequestScheme", "url.scheme", "ClientRequestScheme", "request_scheme"]
_CLIENT = [
    "request.remote_ip",
    "request.remote_addr",
    "request.client_ip",
    "ClientHost",
    "remote_addr",
    "ip",
    "client_ip",
    "clientIp",
    "client.ip",
    "source.ip",
    "httpRequest.remoteIp",
    "ClientIP",
    "properties.clientIP",
    "properties.clientIp",
    "req.remoteAddress",
    "remote_ip",
    "identity.sourceIp",
    "sourceIp",
    "downstream_remote_address",
    "x_forwarded_for",
    "client.address",
]
_USER = ["user_id", "ClientUsername", "remote_user", "userid", "user", "user.name", "properties.userId"]
_AGENT = [
    "request.headers.User-Agent",
    "request_User-Agent",
    "http_user_agent",
    "user_agent.original",
    "user_agent",
    "userAgent",
    "req.headers.user-agent",
    "request.headers.user-agent",
    "httpRequest.userAgent",
    "ClientRequestUserAgent",
    "properties.userAgent",
    "agent",
]
_REFERER = [
    "request.headers.Referer",
    "request_Referer",
    "http_referer",
    "referrer",
    "referer",
    "httpRequest.referer",
    "ClientRequestReferer",
    "http.request.referrer",
    "request.headers.referer",
]
_TOOK = (
    (1.0, ["request_time", "generation_time_s", "httpRequest.latency", "properties.timeTaken", "timeTaken", "latency"]),
    (1e9, ["Duration", "event.duration"]),
    (
        1e3,
        [
            "generation_time_milli",
            "duration_ms",
            "durationMs",
            "responseTime",
            "latencies.request",
            "responseLatency",
            "service",
        ],
    ),
)
_IN_MILLIS = ("response_code", "controller", "start_time")
"""Beside one of these `duration` is in milliseconds; else a whole number is, and a fraction is seconds."""
_ZERO_STATUS = frozenset(("0", "-1"))


def json_line(text: str) -> LogLine | None:
    """None if the line is no JSON object; raises UnreadableError if it names no target and status."""
    if not text.startswith("{"):
        return None
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return row_line(row) if is_request(row) else None


def row_line(row: Row) -> LogLine:
    """The line of an object that `is_request`. Raises UnreadableError if its request line is incomplete."""
    method, target = _request(row)
    total_us = _total(row)
    status = _text(row, _STATUS)
    return LogLine(
        method=method,
        target=target,
        status=int(status) if status.isdecimal() else 0,
        started_us=_started(row, total_us),
        host=_text(row, _HOST),
        scheme=_scheme(row),
        client=_text(row, _CLIENT),
        user=_text(row, _USER),
        agent=_text(row, _AGENT),
        referer=_text(row, _REFERER),
        total_us=total_us,
    )


def is_request(row: Any) -> bool:
    """True for an object that names what was asked and a status."""
    status = _text(row, _STATUS)
    return (status.isdecimal() or status in _ZERO_STATUS) and bool(_text(row, _TARGET) or " " in _text(row, _LINE))


def _request(row: Row) -> tuple[str, str]:
    line, target = _text(row, _LINE), _text(row, _TARGET)
    if " " in line and "?" not in target:
        return request_line(line)
    query = _text(row, _QUERY).removeprefix("?")
    return _text(row, _METHOD) or "GET", f"{target}?{query}" if query and "?" not in target else target


def _scheme(row: Row) -> str:
    named = _text(row, _SCHEME).lower()
    return named if named in ("http", "https") else "http"


def _value(row: Any, names: list[str]) -> Any:
    """The first that stands in the object, as a name of its own or as a path with dots."""
    for name in names:
        found = row.get(name) if isinstance(row, dict) else None
        if found is None and "." in name:
            found = row
            for step in name.split("."):
                found = found.get(step) if isinstance(found, dict) else None
        if isinstance(found, list) and found:
            found = found[0]
        if found is not None and not isinstance(found, dict | list):
            return found
    return None


def _text(row: Any, names: list[str]) -> str:
    found = _value(row, names)
    return said("" if found is None else str(found))


def _moment(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"\d{9,19}(\.\d+)?", value):
        value = float(value) if "." in value else int(value)
    if isinstance(value, int | float):
        return from_epoch(value)
    return clf_moment(str(value)) if value is not None else None


def _started(row: Row, total_us: int | None) -> int | None:
    """When the request came: some servers write when it was answered."""
    began = _moment(_value(row, _BEGAN))
    if began is not None:
        return began
    ended = _moment(_value(row, _ENDED))
    return ended if ended is None or total_us is None else ended - total_us


def _total(row: Row) -> int | None:
    for in_a_second, names in _TOOK:
        found = micros(_value(row, names), in_a_second)
        if found is not None:
            return found
    taken = _value(row, ["duration"])
    is_millis = any(name in row for name in _IN_MILLIS) or (isinstance(taken, int) and "request" not in row)
    return micros(taken, 1e3 if is_millis else 1.0)
