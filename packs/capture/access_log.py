"""Access logs of web servers: when what was asked and with which status, without headers and bodies (shape only).

Two families: W3C extended logs, whose head names their fields, and those whose lines say it all (see `log_lines`). A
session is one client: address, user and agent together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from smartsandbox.packs.canonical import digest_file
from smartsandbox.packs.capture.base import Draft, check_status, draft_entries, finish, make_request, session_id
from smartsandbox.packs.capture.files import read_document, to_utf8
from smartsandbox.packs.capture.json_entries import parse_json
from smartsandbox.packs.capture.log_line import LogLine
from smartsandbox.packs.capture.log_lines import any_line
from smartsandbox.packs.capture.log_w3c import is_fields, w3c_lines
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.capture.urls import Address, encode_path, encode_query, normal_host, split_url
from smartsandbox.packs.model import Exchange, FailureKind, Headers, Response

SHAPE_ONLY = "from an access log: no headers and bodies were recorded"
NO_HOST = "the log names no host: taken to be localhost"

Parse = Callable[[str], LogLine]


@dataclass(frozen=True, slots=True)
class _Numbered:
    text: str
    parse: Parse


def read_access_log(path: Path, report: Report) -> Iterator[Exchange]:
    """The requests of a log in its order; lines that cannot be read are reported by their number, from 0."""
    digest = digest_file(path)
    lines = _lines(to_utf8(read_document(path)).decode("utf-8", "replace"))
    drafts = draft_entries(lines, lambda at, line: _draft(at, line.parse(line.text), digest), report)
    yield from finish(drafts, digest, report, many_clients=True)


def _lines(text: str) -> list[_Numbered]:
    lines = [line for line in (listed_rows(text) or text.split("\n")) if line.strip()]
    if any(is_fields(line) for line in lines):
        return [_Numbered(line, parse) for line, parse in w3c_lines(lines)]
    return [_Numbered(line, any_line) for line in lines if is_record(line)]


def is_record(line: str) -> bool:
    """True for a line that is neither empty nor a directive or comment; entries are counted by these."""
    return bool(line.strip()) and not line.startswith("#")


def listed_rows(text: str) -> list[str]:
    """The entries of a log that was exported as one JSON list, each as a line."""
    if not text.lstrip().startswith("["):
        return []
    found = parse_json(text.encode())
    return [orjson.dumps(row).decode() for row in found] if isinstance(found, list) else []


def _draft(index: int, line: LogLine, digest: str) -> Draft:
    notes = [SHAPE_ONLY]
    request = make_request(line.method, _address(line, notes), _headers(line), b"", notes)
    response = Response(check_status(line.status)) if line.status else None
    session = session_id(digest, line.client, line.user, line.agent)
    failure = None if response else FailureKind.UNANSWERED
    return Draft(index, line.started_us, request, response, failure, line.ttfb_us, line.total_us, session, notes)


def _headers(line: LogLine) -> Headers:
    named = (("User-Agent", line.agent), ("Referer", line.referer))
    return tuple((name, value) for name, value in named if value)


def _address(line: LogLine, notes: list[str]) -> Address:
    if not line.target.startswith(("/", "*")):
        return split_url(line.target)
    path, _, query = line.target.partition("#")[0].partition("?")
    if not line.host:
        notes.append(NO_HOST)
    host = normal_host(line.host or "localhost", line.scheme)
    return Address(line.scheme, host, encode_path(path), encode_query(query))
