"""Envoy's default access log, and Istio's, which adds two columns.

`[time] "GET /x HTTP/2" 200 flags ["details" "reason"] received sent duration upstream "forwarded for" "agent" "id"
"authority" "upstream host"`. Times are milliseconds; status 0 is a request that got no answer.
"""

from __future__ import annotations

import re

from smartsandbox.packs.capture.log_line import LogLine, micros, request_line, said, status_of
from smartsandbox.packs.capture.moments import parse_moment

_LINE = re.compile(
    r"""
    \[ (?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z) \] [ ] " (?P<request>[^"]*) " [ ] (?P<status>\d{1,3}|-) [ ] \S+ [ ]
    (?: .* [ ] )? \d+ [ ] \d+ [ ] (?P<total>\d+|-) [ ] (?P<wait>\d+|-) [ ]
    " (?P<client>[^"]*) " [ ] " (?P<agent>[^"]*) " [ ] "[^"]*" [ ] " (?P<host>[^"]*) " .*
    """,
    re.VERBOSE,
)


def envoy_line(text: str) -> LogLine | None:
    """None if the line is of another format; raises UnreadableError if it is a TCP connection's."""
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    method, target = request_line(match["request"])
    return LogLine(
        method=method,
        target=target,
        status=status_of(match["status"]),
        started_us=parse_moment(match["time"]),
        host=said(match["host"]),
        client=said(match["client"]),
        agent=said(match["agent"]),
        ttfb_us=micros(match["wait"], 1e3),
        total_us=micros(match["total"], 1e3),
    )
