"""The common and combined log formats, with what Apache and nginx are often told to add.

`[host[:port]] client ident user [time] "request" status bytes ["referer" "agent"] [request time]`. A request time is in
seconds with a decimal point (nginx's $request_time, bare or as rt=), in whole microseconds (Apache's %D), or in
milliseconds that say so (Traefik).
"""

from __future__ import annotations

import re
from datetime import datetime

from smartsandbox.packs.capture.log_line import NO_REQUEST, LogLine, micros, request_line, said
from smartsandbox.packs.capture.moments import parse_moment
from smartsandbox.packs.errors import UnreadableError

COMMON = re.compile(
    r"""
    (?: (?P<host>[^\s"\[]+) [ ] )??                # tried without first, since any word could be a host
    (?P<client>[^\s"]+ (?: ,[ ]? [^\s",]+ )*) [ ] [^\s"]+ [ ] (?P<user>[^\s"\[]+) [ ] \[ (?P<time>[^\]]+) \] [ ]
    (?: \( \d+ [ ] s \) [ ] )?                     # some hosting companies put the duration here
    " (?P<request> (?: [^"\\] | \\. )* ) " [ ] (?P<status>\d{3}|-) [ ] (?P<size>\d+|-)
    (?: [ ] " (?P<referer> (?: [^"\\] | \\. )* ) " )?
    (?: [ ] " (?P<agent> (?: [^"\\] | \\. )* ) " )?
    (?P<rest> .* )
    """,
    re.VERBOSE,
)
_TIME = re.compile(r"(?:^|\s)\"?(?:rt=|request_time=)?(\d+\.\d+)\"?(?=\s|$)")
_WITH_UNIT = re.compile(r"\s(\d+ms)$")
_MICROS = re.compile(r"\s\"?(\d{1,10})\"?\s*")
_ESCAPED = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))")


def common_line(text: str) -> LogLine | None:
    """None if the line is of another format; raises UnreadableError if it holds no complete request."""
    match = COMMON.fullmatch(text.strip())
    if match is None:
        return None
    method, target = request_line(_unescaped(match["request"]))
    if not match["status"].isdecimal():
        raise UnreadableError("line", NO_REQUEST)
    return LogLine(
        method=method,
        target=target,
        status=int(match["status"]),
        started_us=clf_moment(match["time"]),
        host=_host(match["host"]),
        client=match["client"],
        user=said(match["user"]),
        agent=said(_unescaped(match["agent"] or "")),
        referer=said(_unescaped(match["referer"] or "")),
        total_us=_total(match["rest"]),
    )


def clf_moment(text: str) -> int | None:
    """Microseconds since the Unix epoch of `10/Feb/2012:16:42:07 -0500`, or of a date in ISO 8601."""
    try:
        return round(datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").timestamp()) * 1_000_000
    except ValueError:
        return parse_moment(text)


def _host(text: str | None) -> str:
    return said(text).removesuffix(":80")


def _total(rest: str) -> int | None:
    seconds = _TIME.search(rest)
    if seconds is not None:
        return micros(seconds[1])
    unit = _WITH_UNIT.search(rest)
    if unit is not None:
        return micros(unit[1])
    whole = _MICROS.fullmatch(rest)
    return int(whole[1]) if whole is not None else None


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text) if "\\" in text else text
