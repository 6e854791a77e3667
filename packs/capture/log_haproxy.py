"""HAProxy's HTTP log.

`client:port [accepted] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes - - ---- 1/1/1/1/0 0/0 {headers} "GET /x
HTTP/1.1"`. Times are milliseconds, -1 where the phase was not reached; the last is the whole, and the fourth the wait
for the answer's head. The date names no zone and counts as UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from smartsandbox.packs.capture.log_line import LogLine, micros, request_line

_LINE = re.compile(
    r"""
    (?P<client>\S+):\d+ [ ] \[ (?P<time>\d\d/[A-Z][a-z]{2}/\d{4}:[\d:.]+) \] [ ] \S+ [ ] \S+ [ ]
    -?\d+ / (?P<queue>-?\d+) / (?P<connect>-?\d+) / (?P<wait>-?\d+) / [+]?(?P<total>-?\d+) [ ]
    (?P<status>-?\d{1,3}) [ ] [+]?\d+ [ ] \S+ [ ] \S+ [ ] \S{4} [ ] [\d/+]+ [ ] [\d/]+ [ ]
    (?: \{ .* \} [ ] )? " (?P<request>[^"]*) "? .*
    """,
    re.VERBOSE,
)


def haproxy_line(text: str) -> LogLine | None:
    """None if the line is of another format; raises UnreadableError if it holds no request that was understood."""
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    method, target = request_line(match["request"])
    waits = [micros(match[name], 1e3) for name in ("queue", "connect", "wait")]
    return LogLine(
        method=method,
        target=target,
        status=max(0, int(match["status"])),
        started_us=_moment(match["time"]),
        client=match["client"],
        ttfb_us=None if None in waits else sum(wait or 0 for wait in waits),
        total_us=micros(match["total"], 1e3),
    )


def _moment(text: str) -> int | None:
    try:
        accepted = datetime.strptime(text, "%d/%b/%Y:%H:%M:%S.%f").replace(tzinfo=UTC)
    except ValueError:
        return None
    return round(accepted.timestamp() * 1e6)
