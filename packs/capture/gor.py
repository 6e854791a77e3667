"""GoReplay files: raw HTTP messages, each under a line with its kind, the id of its pair, and its time.

The line holds: 1 for a request, 2 for the recorded answer, 3 for the answer of a replay; the id that a request shares
with its answers; the time of the message's first packet in nanoseconds; and, in newer files, nanoseconds from there to
its last packet (in older ones, from the request to the answer). A line of three monkeys ends each message.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
from smartsandbox.packs.capture.clients import TELLING
from smartsandbox.packs.capture.files import read_document
from smartsandbox.packs.capture.har import NO_RESPONSE
from smartsandbox.packs.capture.header_lines import one_line
from smartsandbox.packs.capture.moments import in_range
from smartsandbox.packs.capture.raw_http import RawMessage, read_message
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.capture.urls import Address, encode_path, encode_query, normal_host, split_url
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Exchange, FailureKind, Headers, Response, header

END = "\n🐵🙈🙉\n".encode()
REPLAYED = "an answer of a replay, which is not production's"
SECOND_ANSWER = "a second answer to one request"
NO_REQUEST = "an answer whose request is not in the file"
REQUEST_CUT = "request body cut short by the recorder: kept as far as it goes"
NO_HOST = "no Host header: taken to be localhost"

_LINE = re.compile(rb"([123]) ([0-9A-Za-z]{1,64}) (\d{1,20})(?: (-?\d{1,20}))?\r?\n")
_TELLING = (*TELLING, "user-agent")
_ALIKE = 0.02
"""A duration this close to the gap between request and answer is the same thing."""


@dataclass(frozen=True, slots=True)
class _Message:
    """`started_ns` is since the Unix epoch, `lasted_ns` 0 where the file does not say."""

    data: bytes
    started_ns: int
    lasted_ns: int = 0


@dataclass(frozen=True, slots=True)
class _Pair:
    asked: _Message
    answered: _Message | None


def read_gor(path: Path, report: Report) -> Iterator[Exchange]:
    """The requests of a file in its order, each with its recorded answer where there is one.

    A file does not say which client a request is from, so sessions are told apart by credentials, address and agent;
    cookies change within one client's visit.
    """
    digest = digest_file(path)
    pairs = _pairs(read_document(path), report)
    yield from finish(draft_entries(pairs, lambda at, pair: _draft(at, pair, digest), report), digest, report)


def message_line(part: bytes) -> re.Match[bytes] | None:
    """The line above a message, with its kind (1), id (2) and times; None where there is none."""
    return _LINE.match(part.lstrip(b"\r\n"))


def _pairs(data: bytes, report: Report) -> list[_Pair]:
    """Each request in order with its answer. An id that comes again, as in files put together, is another pair."""
    asked: dict[tuple[bytes, int], _Message] = {}
    answered: dict[tuple[bytes, int], _Message] = {}
    times: Counter[bytes] = Counter()
    for index, part in enumerate(data.split(END)):
        line = message_line(part)
        if line is None:
            if part.strip():
                report.drop(index, "damaged: it does not begin with a GoReplay header")
            continue
        kind, number = line[1], line[2]
        message = _Message(part.lstrip(b"\r\n")[line.end() :], int(line[3]), max(0, int(line[4] or 0)))
        latest = (number, max(0, times[number] - 1))
        if kind == b"3":
            report.drop(index, REPLAYED)
        elif kind == b"1":
            asked[number, times[number]] = message
            times[number] += 1
        elif latest in answered:
            report.drop(index, SECOND_ANSWER)
        else:
            answered[latest] = message
    for pair in answered.keys() - asked.keys():
        report.drop(len(asked), NO_REQUEST)
        del answered[pair]
    return [_Pair(message, answered.get(pair)) for pair, message in asked.items()]


def _draft(index: int, pair: _Pair, digest: str) -> Draft:
    notes: list[str] = []
    message = read_message(pair.asked.data, notes)
    if not message.whole:
        notes.append(REQUEST_CUT)
    method, target = message.first.split(" ")[:2]
    request = make_request(method, _address(target, message.headers, notes), message.headers, message.body, notes)
    response, failure = _outcome(pair.answered, notes)
    first, total = _latency(pair)
    started = in_range(pair.asked.started_ns // 1000)
    return Draft(index, started, request, response, failure, first, total, _session(request.headers, digest), notes)


def _address(target: str, headers: Headers, notes: list[str]) -> Address:
    if not target.startswith(("/", "*")):
        return split_url(target)
    path, _, query = target.partition("#")[0].partition("?")
    host = header(headers, "host")
    if host is None:
        notes.append(NO_HOST)
    return Address("http", normal_host(host or "localhost", "http"), encode_path(path), encode_query(query))


def _outcome(answered: _Message | None, notes: list[str]) -> tuple[Response | None, FailureKind | None]:
    if answered is None:
        notes.append(NO_RESPONSE)
        return None, FailureKind.UNANSWERED
    message = read_message(answered.data, notes)
    response = _response(message)
    return response, None if message.whole else FailureKind.TRUNCATED


def _response(message: RawMessage) -> Response:
    version, _, rest = message.first.partition(" ")
    if not version.startswith("HTTP/"):
        raise UnreadableError("message", "the answer has no status line")
    status, _, reason = rest.partition(" ")
    return Response(check_status(status_code(status)), one_line(reason.strip()), message.headers, message.body)


def _latency(pair: _Pair) -> tuple[int | None, int | None]:
    """Microseconds from the request's first packet to the first and the last of its answer."""
    if pair.answered is None or pair.answered.started_ns < pair.asked.started_ns:
        return None, None
    first, lasted = pair.answered.started_ns - pair.asked.started_ns, pair.answered.lasted_ns
    total = first if abs(lasted - first) <= first * _ALIKE else first + lasted
    return first // 1000, total // 1000


def _session(headers: Headers, digest: str) -> str:
    return session_id(digest, *(header(headers, name) or "" for name in _TELLING))
