"""Squid's native log: `1286536308.779 180 client TCP_MISS/200 411 GET http://a/x user DIRECT/1.2.3.4 text/html`.

The time is when the answer had been sent; the second column is milliseconds.
"""

from __future__ import annotations

import re

from smartsandbox.packs.capture.log_line import LogLine, micros, said
from smartsandbox.packs.capture.moments import from_seconds

_LINE = re.compile(
    r"(?P<time>\d{9,10}\.\d{3}) +(?P<total>\d+) (?P<client>\S+) [A-Z_]+/(?P<status>\d{3}) \d+ "
    r"(?P<method>[A-Z]+) (?P<target>\S+) (?P<user>\S+) \S+/\S+ \S+.*"
)


def squid_line(text: str) -> LogLine | None:
    """None if the line is of another format."""
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    total, ended = micros(match["total"], 1e3), from_seconds(float(match["time"]))
    return LogLine(
        method=match["method"],
        target=match["target"],
        status=int(match["status"]),
        started_us=ended if ended is None or total is None else ended - total,
        client=match["client"],
        user=said(match["user"]),
        total_us=total,
    )
