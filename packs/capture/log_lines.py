"""The formats in which a log line says everything itself, and the wrappings that log collectors put around one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import orjson

from smartsandbox.packs.capture.log_balancer import balancer_line
from smartsandbox.packs.capture.log_bucket import bucket_line
from smartsandbox.packs.capture.log_common import common_line
from smartsandbox.packs.capture.log_envoy import envoy_line
from smartsandbox.packs.capture.log_haproxy import haproxy_line
from smartsandbox.packs.capture.log_json import json_line
from smartsandbox.packs.capture.log_line import LogLine
from smartsandbox.packs.capture.log_logfmt import logfmt_line
from smartsandbox.packs.capture.log_squid import squid_line
from smartsandbox.packs.errors import UnreadableError

NOT_A_LINE = "not a line of an access log"

FORMATS: tuple[Callable[[str], LogLine | None], ...] = (
    json_line,
    common_line,
    envoy_line,
    balancer_line,
    haproxy_line,
    bucket_line,
    squid_line,
    logfmt_line,
)
"""Each gives None for a line of another format, and raises UnreadableError for its own without a request."""

# What stands before the line: Kubernetes (CRI), docker compose, and syslog in its two spellings.
_BEFORE = re.compile(
    r"""
    \d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)[ ]std(?:out|err)[ ][FP][ ]
    | [\w.-]+[ ]+\|[ ]
    | (?:<\d{1,3}>)?[A-Z][a-z]{2}[ ]+\d{1,2}[ ]\d\d:\d\d:\d\d[ ]\S+[ ][^\s:]+:[ ]
    | <\d{1,3}>\d[ ]\S+[ ]\S+[ ]\S+[ ]\S+[ ]\S+[ ](?:-|\[.*?\])[ ]
    """,
    re.VERBOSE,
)


def any_line(text: str) -> LogLine:
    """The line by the first format that knows it. Raises UnreadableError if none does or it holds no request."""
    line = unwrapped(text.strip())
    for parse in FORMATS:
        found = parse(line)
        if found is not None:
            return found
    raise UnreadableError("line", NOT_A_LINE)


def unwrapped(text: str) -> str:
    """The server's own line, without what the collector put around it."""
    if text.startswith("{"):
        return _from_docker(text)
    match = _BEFORE.match(text)
    return text[match.end() :].strip() if match else text


def share_of_lines(lines: Iterable[str]) -> float:
    """How many of the lines some format knows, 0 to 1; lines of comments and empty ones do not count."""
    known = [_is_known(line) for line in lines if line.strip() and not line.startswith("#")]
    return sum(known) / len(known) if known else 0.0


def _is_known(text: str) -> bool:
    try:
        any_line(text)
    except UnreadableError as error:
        return error.reason != NOT_A_LINE
    return True


def _from_docker(text: str) -> str:
    """Docker's json-file driver puts each line into an object: {"log": "...", "stream": "stdout", "time": "..."}."""
    if not text.startswith('{"log":'):
        return text
    try:
        line = orjson.loads(text).get("log")
    except orjson.JSONDecodeError:
        return text
    return line.strip() if isinstance(line, str) else text
