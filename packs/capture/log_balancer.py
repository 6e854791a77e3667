"""AWS load balancers: Application (which begins with the protocol) and Classic.

`[type] time name client:port target:port 0.001 0.102 0.000 200 200 34 366 "GET https://a:443/x HTTP/1.1" "agent" ...`.
The three times are seconds to the target, until its answer began, and to the client; -1 where there was none. `time` is
when the answer had been sent.
"""

from __future__ import annotations

import re

from smartsandbox.packs.capture.log_line import LogLine, micros, request_line, said, status_of
from smartsandbox.packs.capture.moments import parse_moment

_LINE = re.compile(
    r"""
    (?: (?P<type>https?|h2|grpcs|wss?) [ ] )?
    (?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z) [ ] \S+ [ ] (?P<client>\S+) [ ] \S+ [ ]
    (?P<to>-?[\d.]+) [ ] (?P<wait>-?[\d.]+) [ ] (?P<back>-?[\d.]+) [ ] (?P<status>\d{3}|-) [ ] \S+ [ ] \d+ [ ] \d+ [ ]
    " (?P<request>[^"]*) " (?: [ ] " (?P<agent>[^"]*) " )? .*
    """,
    re.VERBOSE,
)


def balancer_line(text: str) -> LogLine | None:
    """None if the line is of another format; raises UnreadableError if it is a TCP connection's."""
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    method, target = request_line(match["request"])
    parts = [micros(match[name]) for name in ("to", "wait", "back")]
    first = None if parts[0] is None or parts[1] is None else parts[0] + parts[1]
    total = None if first is None or parts[2] is None else first + parts[2]
    ended = parse_moment(match["time"])
    return LogLine(
        method=method,
        target=target,
        status=status_of(match["status"]),
        started_us=ended if ended is None or total is None else ended - total,
        client=match["client"].rpartition(":")[0],
        agent=said(match["agent"]),
        ttfb_us=first,
        total_us=total,
    )
