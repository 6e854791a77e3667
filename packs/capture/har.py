"""HAR 1.2, as browsers, proxies, test recorders and people write it.

A HAR file is one client's record, so it is one session; only where its requests carry several different Authorization
headers is each of them a client of its own. `connection` names a socket (a browser opens many), `pageref` a page and
`serverIPAddress` the other side, and cookies change within one client's visit, so none of these tells clients apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from smartsandbox.packs.canonical import digest_file
from smartsandbox.packs.capture.base import (
    Draft,
    check_status,
    draft_entries,
    finish,
    make_request,
    session_id,
    status_code,
)
from smartsandbox.packs.capture.files import read_document
from smartsandbox.packs.capture.har_attached import with_bodies
from smartsandbox.packs.capture.har_bodies import request_body, response_body
from smartsandbox.packs.capture.har_messages import handshake_url, is_socket, socket_messages
from smartsandbox.packs.capture.har_timing import latency
from smartsandbox.packs.capture.header_lines import RawLines, clean_text, header_lines, one_line, pseudo_headers
from smartsandbox.packs.capture.json_entries import Entries, parse_json, salvage_entries
from smartsandbox.packs.capture.moments import parse_moment
from smartsandbox.packs.capture.outcomes import NEVER_SENT, failure_of
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.capture.urls import Address, split_url
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Exchange, FailureKind, Headers, Request, Response, header

Json = dict[str, Any]

FROM_CACHE = "answered from the client's cache: the service did not see it"
NO_RESPONSE = "no response recorded"
CLIENT_ERROR = "the client reported an error beside the response"


def read_har(path: Path, report: Report) -> Iterator[Exchange]:
    """The exchanges of a HAR file in file order. Raises UnreadableError if there is no `log.entries` to read."""
    digest = digest_file(path)
    found = _entries(read_document(path), report.place)
    session = _sessions(found.entries, digest)
    folder = path.parent
    drafts = draft_entries(found.entries, lambda at, entry: _draft(at, with_bodies(entry, folder), session), report)
    yield from finish(drafts, digest, report)
    if found.damage:
        report.drop(len(found.entries), "damaged here: this entry and what follows is lost", found.damage)


def _entries(data: bytes, place: str) -> Entries:
    document = parse_json(data)
    if document is None:
        return salvage_entries(data, "entries")
    if isinstance(document, list):
        return Entries(document)
    log = document.get("log") if isinstance(document, dict) else None
    if not isinstance(log, dict):
        raise UnreadableError(place, "not a HAR: it has no log object")
    if not isinstance(log.get("entries"), list):
        raise UnreadableError(place, "not a complete HAR: log.entries is missing")
    return Entries(log["entries"])


def _draft(index: int, entry: Any, session: Callable[[Headers], str]) -> Draft:
    recorded = _object(entry, "request")
    notes: list[str] = []
    request = _request(recorded, notes)
    response, failure = _outcome(entry, notes)
    if entry.get("_fromCache"):
        notes.append(FROM_CACHE)
    ttfb_us, total_us = latency(entry, notes)
    started_us = parse_moment(entry.get("startedDateTime"))
    if started_us is None and response is not None:
        started_us = parse_moment(header(response.headers, "date"))
    messages = None
    if is_socket(entry):
        total_us = ttfb_us  # what came after the answer's head is the connection's whole life
        opened_us = None if started_us is None or ttfb_us is None else started_us + ttfb_us
        messages = socket_messages(entry, response, opened_us, notes)
    own = session(request.headers)
    return Draft(index, started_us, request, response, failure, ttfb_us, total_us, own, notes, messages)


def _request(recorded: Json, notes: list[str]) -> Request:
    lines = raw_lines(recorded.get("headers"))
    headers = header_lines(lines, notes)
    if header(headers, "cookie") is None and (cookies := _objects(recorded.get("cookies"))):
        headers = (*headers, ("Cookie", "; ".join(f"{_str(c, 'name')}={_str(c, 'value')}" for c in cookies)))
        headers = header_lines(headers, notes)
    address = _address(recorded, lines)
    body = request_body(recorded.get("postData"), headers, notes)
    return make_request(_str(recorded, "method"), address, headers, body, notes)


def _address(recorded: Json, lines: RawLines) -> Address:
    url = _str(recorded, "url").strip()
    if url == "" or url.startswith("/"):
        pseudo = pseudo_headers(lines)
        host = pseudo.get(":authority") or next((str(v) for n, v in lines if str(n).lower() == "host"), "")
        if host:
            url = f"{pseudo.get(':scheme', 'https' if pseudo else 'http')}://{host}{url or pseudo.get(':path', '/')}"
    address = split_url(handshake_url(url))
    fields = [(_str(item, "name"), _str(item, "value")) for item in _objects(recorded.get("queryString"))]
    if address.query or not fields or "?" in url:
        return address
    query = urlencode([(clean_text(name), clean_text(value)) for name, value in fields])
    return Address(address.scheme, address.host, address.path, query, address.userinfo)


def _outcome(entry: Json, notes: list[str]) -> tuple[Response | None, FailureKind | None]:
    recorded = entry.get("response")
    if not isinstance(recorded, dict) or recorded.get("status") is None:
        notes.append(NO_RESPONSE)
        return None, FailureKind.UNANSWERED
    words = _error_words(entry, recorded)
    status = status_code(recorded["status"])
    if status <= 0:
        return None, _failure(words)
    response = _response(status, recorded, notes)
    if not words:
        return response, None
    kind = failure_of(words)
    if kind is None:
        notes.append(CLIENT_ERROR)
    return response, kind


def _failure(words: str) -> FailureKind:
    if NEVER_SENT.search(words):
        raise UnreadableError("entry", "never sent: the client blocked the request")
    return failure_of(words) or FailureKind.UNANSWERED


def _response(status: int, recorded: Json, notes: list[str]) -> Response:
    headers = header_lines(raw_lines(recorded.get("headers")), notes)
    if header(headers, "set-cookie") is None:
        cookies = [("Set-Cookie", f"{_str(c, 'name')}={_str(c, 'value')}") for c in _objects(recorded.get("cookies"))]
        headers = (*headers, *header_lines(cookies, notes))
    body = response_body(recorded.get("content"), headers, notes)
    return Response(check_status(status), one_line(_str(recorded, "statusText")), headers, body)


def _error_words(entry: Json, recorded: Json) -> str:
    for words in (recorded.get("_error"), entry.get("_error")):
        if isinstance(words, dict):
            words = " ".join(str(words.get(key) or "") for key in ("code", "message"))
        if isinstance(words, str) and words.strip():
            return words
    return _str(recorded, "statusText") if recorded.get("status") in (0, "0") else ""


def _sessions(entries: list[Any], digest: str) -> Callable[[Headers], str]:
    seen = {_authorization(entry) for entry in entries} - {""}
    if len(seen) < 2:
        return lambda headers: session_id(digest)
    return lambda headers: session_id(digest, header(headers, "authorization") or "")


def _authorization(entry: Any) -> str:
    recorded = entry.get("request") if isinstance(entry, dict) else None
    lines = raw_lines(recorded.get("headers")) if isinstance(recorded, dict) else []
    return header(header_lines(lines, []), "authorization") or ""


def raw_lines(headers: Any) -> RawLines:
    """Name and value pairs of HAR's objects, of [name, value] lists (Slack writes those), or of a map."""
    if isinstance(headers, dict):
        return list(headers.items())
    if not isinstance(headers, list):
        return []
    pairs: RawLines = []
    for line in headers:
        if isinstance(line, dict):
            pairs.append((line.get("name"), line.get("value")))
        elif isinstance(line, list) and len(line) >= 2:
            pairs.append((line[0], line[1]))
    return pairs


def _object(entry: Any, key: str) -> Json:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, dict):
        raise UnreadableError("entry", f"the {key} is missing")
    return value


def _objects(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _str(value: Json, key: str) -> str:
    text = value.get(key)
    return text if isinstance(text, str) else ""
