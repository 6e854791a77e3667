"""Cassettes of the VCR family, in YAML or JSON: Ruby VCR, vcrpy, betamax, go-vcr, php-vcr, ExVCR, EasyVCR and nock.

One cassette is the record of one test, so one file is one session. Few hold latency, and vcrpy holds no time: then the
answer's Date header is taken, and where that is missing too the made-up timeline of `moments`. Keys are compared
without case and underscores, since some of these write `recorded_at` and others `RecordedAt`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
from smartsandbox.packs.capture.cassette_bodies import message_body
from smartsandbox.packs.capture.files import read_document
from smartsandbox.packs.capture.header_lines import RawLines, header_lines, one_line
from smartsandbox.packs.capture.json_entries import Entries, parse_json, salvage_entries
from smartsandbox.packs.capture.log_line import micros
from smartsandbox.packs.capture.moments import go_micros, parse_moment
from smartsandbox.packs.capture.nock import as_cassette, is_nock
from smartsandbox.packs.capture.outcomes import failure_of
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.capture.urls import split_url
from smartsandbox.packs.capture.yaml_events import Tree, parse_yaml
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Exchange, FailureKind, Request, Response, header

Map = dict[Any, Any]

LISTS = ("http_interactions", "interactions")
REPLACED = "cassette with characters that YAML forbids: they were replaced"
NO_END = "cassette without its closing key: it may be cut short"


def read_cassette(path: Path, report: Report) -> Iterator[Exchange]:
    """The exchanges of a cassette in file order. Raises UnreadableError if it has no list of interactions."""
    digest = digest_file(path)
    data = read_document(path)
    found = _json(data, report) if data.lstrip()[:1] in (b"{", b"[") else _yaml(parse_yaml(data), report)
    session = session_id(digest)
    drafts = draft_entries(found.entries, lambda index, entry: _draft(index, entry, session), report)
    yield from finish(drafts, digest, report)
    if found.damage:
        report.drop(len(found.entries), "damaged here: this entry and what follows is lost", found.damage)


def _json(data: bytes, report: Report) -> Entries:
    document = parse_json(data)
    return salvage_entries(data, "(?:http_)?interactions") if document is None else _listed(document, report)


def _yaml(tree: Tree, report: Report) -> Entries:
    if tree.replaced:
        report.remark(REPLACED)
    if tree.damage is None:
        return _listed(tree.root, report)
    entries = _interactions(tree.root)
    if entries is None:
        raise UnreadableError(report.place, tree.damage)
    # The entry that was being built when the parser stopped is not whole.
    unfinished = any(entries is node for node in tree.open[:-1])
    return Entries(entries[:-1] if unfinished else entries, tree.damage)


def _listed(document: Any, report: Report) -> Entries:
    entries = _interactions(document)
    if entries is None:
        raise UnreadableError(report.place, "not a cassette: it has no list of interactions")
    if not isinstance(document, dict) or not entries or _get(document, "recorded_with", "version") is not None:
        return Entries(entries)
    report.remark(NO_END)
    # Ruby VCR ends every entry with its time, so a last one without is only a part.
    cut = _is_timed(entries[0]) and not _is_timed(entries[-1])
    return Entries(entries[:-1], "the file ends inside this entry") if cut else Entries(entries)


def _is_timed(entry: Any) -> bool:
    return isinstance(entry, dict) and _get(entry, "recorded_at") is not None


def _interactions(document: Any) -> list[Any] | None:
    """The list of interactions; VCR before version 2 wrote the list alone, and others still do."""
    entries = _get(document, *LISTS) if isinstance(document, dict) else document
    return entries if isinstance(entries, list) else None


def _draft(index: int, entry: Any, session: str) -> Draft:
    notes: list[str] = []
    entry = as_cassette(entry) if is_nock(entry) else entry
    recorded, answered = _map(entry, "request"), _map(entry, "response")
    request = _request(recorded, notes)
    response = None if _get(answered, "type") == "error" else _response(answered, notes)
    failure = None if response else failure_of(str(_get(answered, "body"))) or FailureKind.UNANSWERED
    started_us = parse_moment(_get(entry, "recorded_at"))
    if started_us is None and response is not None:
        started_us = parse_moment(header(response.headers, "date"))
    return Draft(index, started_us, request, response, failure, None, _total(entry, answered), session, notes)


def _total(entry: Map, answered: Map) -> int | None:
    """EasyVCR counts milliseconds, go-vcr writes Go's durations, php-vcr keeps what curl measured."""
    measured = _get(answered, "curl_info")
    if isinstance(measured, dict):
        return micros(_get(measured, "total_time")) or None
    whole = _get(entry, "duration")
    return (go_micros(_get(answered, "duration")) if whole is None else micros(whole, 1e3)) or None


def _request(recorded: Map, notes: list[str]) -> Request:
    url, method = _get(recorded, "uri", "url"), _get(recorded, "method")
    if not isinstance(url, str) or not isinstance(method, str):
        raise UnreadableError("request", "the request has no method or no URL")
    headers = header_lines(_lines(recorded), notes)
    body = message_body(_get(recorded, "body") or _get(recorded, "request_body"), headers, notes)
    return make_request(method, split_url(url), headers, body, notes)


def _response(recorded: Map, notes: list[str]) -> Response:
    headers = header_lines(_lines(recorded), notes)
    status, reason = _status(recorded)
    body = message_body(_get(recorded, "body", "content"), headers, notes)
    return Response(check_status(status), reason, headers, body)


def _lines(recorded: Map) -> RawLines:
    named = _get(recorded, "headers", "request_headers", "response_headers")
    return raw_lines(named) + raw_lines(_get(recorded, "content_headers"))


def _status(recorded: Map) -> tuple[int, str]:
    """Code and reason: a map in VCR and vcrpy, a bare `status_code` for httpx, `code` beside "200 OK" in go-vcr."""
    status = _get(recorded, "status")
    if isinstance(status, dict):
        reason = _get(status, "message")
        return status_code(_get(status, "code")), one_line(reason) if isinstance(reason, str) else ""
    code = _get(recorded, "status_code", "code")
    if code is None:
        code = str(status).partition(" ")[0]
    reason = status.partition(" ")[2] if isinstance(status, str) else ""
    return status_code(code), one_line(reason)


def raw_lines(headers: Any) -> RawLines:
    """One pair a value: a map to values or to lists of them, or a list of pairs."""
    if isinstance(headers, list):
        return [(pair[0], pair[1]) for pair in headers if isinstance(pair, list) and len(pair) == 2]
    lines: RawLines = []
    for name, values in headers.items() if isinstance(headers, dict) else ():
        lines.extend((name, value) for value in (values if isinstance(values, list) else [values]))
    return lines


def _get(mapping: Any, *names: str) -> Any:
    """The first value that is there, under the name, its Ruby symbol (":name") or its CamelCase."""
    for name in names:
        for key in (name, f":{name}"):
            if mapping.get(key) is not None:
                return mapping[key]
    wanted = {name.replace("_", "") for name in names}
    found = (value for key, value in mapping.items() if value is not None and _plain(key) in wanted)
    return next(found, None)


def _plain(key: Any) -> str:
    return str(key).removeprefix(":").replace("_", "").lower()


def _map(entry: Any, name: str) -> Map:
    value = _get(entry, name) if isinstance(entry, dict) else None
    if not isinstance(value, dict):
        raise UnreadableError("entry", f"the {name} is missing")
    return value
