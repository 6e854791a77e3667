"""The parts of a mitmproxy flow as parts of an exchange: address, body, outcome and latency.

Works on flow objects without importing mitmproxy, and always from their raw bytes.
"""

from __future__ import annotations

from typing import Any

from smartsandbox.packs.capture.base import check_status
from smartsandbox.packs.capture.har_bodies import NO_RESPONSE_BODY
from smartsandbox.packs.capture.header_lines import clean_text, header_lines, one_line
from smartsandbox.packs.capture.moments import from_seconds
from smartsandbox.packs.capture.outcomes import failure_of
from smartsandbox.packs.capture.urls import Address, encode_path, encode_query, normal_host
from smartsandbox.packs.codings import decode_body
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import FailureKind, Headers, Response, header

TRAILERS = "HTTP trailers left out"


def flow_address(request: Any, headers: Headers) -> Address:
    """Where the client meant to go: :authority or Host, else the address that was dialled."""
    scheme = clean_text(request.data.scheme).lower()
    named = clean_text(request.data.authority) or header(headers, "host") or ""
    path, _, query = clean_text(request.data.path).partition("#")[0].partition("?")
    return Address(scheme, _host(named, request, scheme), encode_path(path), encode_query(query))


def _host(named: str, request: Any, scheme: str) -> str:
    if scheme not in ("http", "https"):
        raise UnreadableError("flow", "the URL is not HTTP")
    if named:
        try:
            return normal_host(named, scheme)
        except UnreadableError:  # a garbled Host header: the address that was dialled still stands
            pass
    host = clean_text(request.data.host)
    return normal_host(f"[{host}]:{request.port}" if ":" in host else f"{host}:{request.port}", scheme)


def message_body(message: Any, headers: Headers, missing: str, notes: list[str]) -> bytes:
    """The plain body of a request or response; `missing` is the note where the recorder did not keep it."""
    if message.trailers:
        notes.append(TRAILERS)
    if message.raw_content is None:
        notes.append(missing)
        return b""
    return decode_body(message.raw_content, headers, notes)


def flow_outcome(flow: Any, notes: list[str]) -> tuple[Response | None, FailureKind | None]:
    """The response, or the failure with whatever part of a response had arrived."""
    words = flow.error.msg if flow.error else ""
    if flow.response is None:
        return None, failure_of(words) or FailureKind.UNANSWERED
    recorded = flow.response
    headers = header_lines(recorded.headers.fields, notes)
    body = message_body(recorded, headers, NO_RESPONSE_BODY, notes)
    response = Response(check_status(recorded.status_code), one_line(recorded.data.reason), headers, body)
    if words:
        return response, failure_of(words) or FailureKind.TRUNCATED
    # A head without a body and without an end: the recording stopped while the answer was still coming.
    unfinished = recorded.raw_content is None and recorded.timestamp_end is None
    return response, FailureKind.TRUNCATED if unfinished else None


def flow_latency(started: int | None, response: Any) -> tuple[int | None, int | None]:
    """Time to first byte and total in microseconds from the request's first byte, None where unknown."""
    first = from_seconds(response.timestamp_start) if response is not None else None
    last = from_seconds(response.timestamp_end) if response is not None else None
    if started is None or first is None or first < started:
        return None, None
    return first - started, last - started if last is not None and last >= first else None
