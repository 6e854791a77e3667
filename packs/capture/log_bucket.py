"""Amazon S3 server access logs.

`owner bucket [time] client requester request-id operation key "GET /x HTTP/1.1" 200 - 368 368 70 10 "referer" "agent"`:
the two numbers before the referer are the whole time and the time to the first byte, in milliseconds.
"""

from __future__ import annotations

import re

from smartsandbox.packs.capture.log_common import clf_moment
from smartsandbox.packs.capture.log_line import LogLine, micros, request_line, said, status_of

_LINE = re.compile(
    r"""
    [^\s"\[]+ [ ] (?P<bucket>[^\s"\[]+) [ ] \[ (?P<time>[^\]]+) \] [ ] (?P<client>\S+) [ ] (?P<user>\S+) [ ]
    \S+ [ ] \S+ [ ] \S+ [ ] " (?P<request>[^"]*) " [ ] (?P<status>\d{3}|-) [ ] \S+ [ ] \S+ [ ] \S+ [ ]
    (?P<total>\d+|-) [ ] (?P<wait>\d+|-) [ ] "? (?P<referer>[^"]*?) "? [ ] " (?P<agent>[^"]*) " .*
    """,
    re.VERBOSE,
)


def bucket_line(text: str) -> LogLine | None:
    """None if the line is of another format; raises UnreadableError if no request made it, as in a lifecycle run."""
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    method, target = request_line(match["request"])
    return LogLine(
        method=method,
        target=target,
        status=status_of(match["status"]),
        started_us=clf_moment(match["time"]),
        host=match["bucket"],
        client=said(match["client"]),
        user=said(match["user"]),
        agent=said(match["agent"]),
        referer=said(match["referer"]),
        ttfb_us=micros(match["wait"], 1e3),
        total_us=micros(match["total"], 1e3),
    )
