"""WireMock mappings: one in a file, or an export with all of them under `mappings`.

A mapping is a rule and no recording: it has no time, no client and no order, so a file is one session on the made-up
timeline. A mapping whose request is a pattern stands for many requests and for none in particular, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

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
from smartsandbox.packs.capture.bodies import base64_bytes, text_bytes
from smartsandbox.packs.capture.files import read_document
from smartsandbox.packs.capture.har import raw_lines
from smartsandbox.packs.capture.har_attached import attached_file
from smartsandbox.packs.capture.har_bodies import NO_RESPONSE_BODY
from smartsandbox.packs.capture.header_lines import header_lines
from smartsandbox.packs.capture.json_entries import parse_json
from smartsandbox.packs.capture.outcomes import failure_of
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.capture.urls import Address, encode_path, encode_query
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Exchange, FailureKind, Headers, Request, Response

Json = dict[str, Any]

PATTERN = "a mapping for a pattern: no one request stands for it"
NO_HOST = "the mapping names no host: taken to be localhost"


def read_wiremock(path: Path, report: Report) -> Iterator[Exchange]:
    """The mappings that name one request, in file order. Raises UnreadableError if the file holds no mappings."""
    digest = digest_file(path)
    document = parse_json(read_document(path))
    if not isinstance(document, dict):
        raise UnreadableError(report.place, "not WireMock mappings: not sound JSON")
    mappings = document.get("mappings", [document])
    if not isinstance(mappings, list):
        raise UnreadableError(report.place, "not WireMock mappings: `mappings` is no list")
    files, session = path.parent.parent / "__files", session_id(digest)
    yield from finish(draft_entries(mappings, lambda at, one: _draft(at, one, session, files), report), digest, report)


def _draft(index: int, mapping: Json, session: str, files: Path) -> Draft:
    notes: list[str] = [NO_HOST]
    request = _request(mapping["request"], notes)
    answered = mapping["response"]
    fault = answered.get("fault")
    failure = (failure_of(str(fault)) or FailureKind.RESET) if fault else None
    response = None if fault else _response(answered, files, notes)
    delay = answered.get("fixedDelayMilliseconds")
    total_us = delay * 1000 if isinstance(delay, int) and delay > 0 else None
    return Draft(index, None, request, response, failure, None, total_us, session, notes)


def _request(asked: Json, notes: list[str]) -> Request:
    target = asked.get("url") or asked.get("urlPath")
    method = asked.get("method", "ANY")
    if not isinstance(target, str) or method == "ANY":
        raise UnreadableError("mapping", PATTERN)
    path, _, query = target.partition("?")
    named = urlencode([(name, _literal(rule)) for name, rule in (asked.get("queryParameters") or {}).items()])
    headers = tuple((name, _literal(rule)) for name, rule in (asked.get("headers") or {}).items())
    address = Address("http", "localhost", encode_path(path), encode_query(query or named))
    return make_request(method, address, header_lines(headers, notes), _asked_body(asked.get("bodyPatterns")), notes)


def _literal(rule: Any) -> str:
    value = rule.get("equalTo") if isinstance(rule, dict) else None
    if not isinstance(value, str):
        raise UnreadableError("mapping", PATTERN)
    return value


def _asked_body(rules: Any) -> bytes:
    if not rules:
        return b""
    rule = rules[0]
    for name in ("equalToJson", "equalTo", "equalToXml"):
        if name in rule:
            return text_bytes(rule[name]) if isinstance(rule[name], str) else orjson.dumps(rule[name])
    if "binaryEqualTo" in rule:
        return base64_bytes(rule["binaryEqualTo"], [])
    raise UnreadableError("mapping", PATTERN)


def _response(answered: Json, files: Path, notes: list[str]) -> Response:
    lines = [
        (name, one)
        for name, value in raw_lines(answered.get("headers"))
        for one in (value if isinstance(value, list) else [value])
    ]
    body = _answered_body(answered, files, notes)
    headers: Headers = header_lines(lines, notes)
    status = check_status(status_code(answered.get("status", 200)))
    return Response(status, str(answered.get("statusMessage") or ""), headers, body)


def _answered_body(answered: Json, files: Path, notes: list[str]) -> bytes:
    if isinstance(answered.get("body"), str):
        return text_bytes(answered["body"])
    if "jsonBody" in answered:
        return orjson.dumps(answered["jsonBody"])
    if isinstance(answered.get("base64Body"), str):
        return base64_bytes(answered["base64Body"], notes)
    name = answered.get("bodyFileName")
    found = attached_file(files, name) if isinstance(name, str) else None
    if name and found is None:
        notes.append(NO_RESPONSE_BODY)
    return found or b""
