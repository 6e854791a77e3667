"""Access logs with a JSON object a line: nginx, Caddy, Traefik and others, by the names they give their fields."""

from __future__ import annotations

from typing import Any

import orjson

from smartsandbox.packs.capture.log_common import clf_moment
from smartsandbox.packs.capture.log_line import LogLine, micros, said
from smartsandbox.packs.capture.moments import from_seconds, parse_moment
from smartsandbox.packs.errors import UnreadableError

_STATUS = ("status", "DownstreamStatus", "status_code", "response.status", "http.response.status_code")
_TARGET = ("request.uri", "request_uri", "RequestPath", "uri", "path", "url", "http.request.uri", "url.original")
_METHOD = ("request.method", "request_method", "RequestMethod", "method", "http.request.method")
_BEGAN = ("StartUTC", "StartLocal", "date", "@timestamp", "timestamp")
_ENDED = ("ts", "msec", "time_iso8601", "time_local", "time")
_HOST = ("request.host", "RequestHost", "http_host", "host", "server_name", "url.domain")
_CLIENT = ("request.remote_ip", "request.remote_addr", "ClientHost", "remote_addr", "ip", "client_ip", "client.ip")
_USER = ("user_id", "ClientUsername", "remote_user", "userid", "user")
_AGENT = ("request.headers.User-Agent", "request_User-Agent", "http_user_agent", "user_agent", "agent")
_REFERER = ("request.headers.Referer", "request_Referer", "http_referer", "referrer", "referer")
_SECONDS = ("duration", "request_time", "generation_time_s")
_NANOS = ("Duration",)
_MILLIS = ("generation_time_milli", "duration_ms", "responseTime")


def json_line(text: str) -> LogLine:
    """Raises UnreadableError if the line is no JSON object that names a target and a status."""
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableError("line", "not a JSON object") from error
    if not is_request(row):
        raise UnreadableError("line", "it names no request and status")
    status, target = _text(row, _STATUS), _text(row, _TARGET)
    total_us = _total(row)
    return LogLine(
        method=_text(row, _METHOD) or "GET",
        target=target,
        status=int(status),
        started_us=_started(row, total_us),
        host=_text(row, _HOST),
        client=_text(row, _CLIENT),
        user=_text(row, _USER),
        agent=_text(row, _AGENT),
        referer=_text(row, _REFERER),
        total_us=total_us,
    )


def is_request(row: Any) -> bool:
    """True for an object that names what was asked and a status."""
    return _text(row, _STATUS).isdecimal() and bool(_text(row, _TARGET))


def _value(row: Any, names: tuple[str, ...]) -> Any:
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


def _text(row: Any, names: tuple[str, ...]) -> str:
    found = _value(row, names)
    return said("" if found is None else str(found))


def _moment(value: Any) -> int | None:
    if isinstance(value, int | float):
        return from_seconds(value)
    return clf_moment(str(value)) or parse_moment(value) if value is not None else None


def _started(row: Any, total_us: int | None) -> int | None:
    """When the request came: some servers write when it was answered."""
    began = _moment(_value(row, _BEGAN))
    if began is not None:
        return began
    ended = _moment(_value(row, _ENDED))
    return ended if ended is None or total_us is None else ended - total_us


def _total(row: Any) -> int | None:
    for names, in_a_second in ((_SECONDS, 1.0), (_NANOS, 1e9), (_MILLIS, 1e3)):
        found = _value(row, names)
        try:
            return micros(float(found) / in_a_second)
        except (TypeError, ValueError):
            continue
    return None
