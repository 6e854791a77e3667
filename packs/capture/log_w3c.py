r"""W3C extended logs (IIS, CloudFront, NetScaler and others): directives that begin with #, of which #Fields names the
columns of what follows. Values are parted by spaces or tabs; a plus or %20 stands for a space. Times are UTC, and those
that a server calls local count as it, since no zone is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from urllib.parse import unquote

from smartsandbox.packs.capture.log_line import NO_REQUEST, LogLine, micros, said
from smartsandbox.packs.errors import UnreadableError

_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=\s|$)|(\S+)')


def is_fields(line: str) -> bool:
    """True for the directive that names the columns."""
    return line[:8].lower() == "#fields:"


def w3c_lines(lines: list[str]) -> Iterator[tuple[str, Callable[[str], LogLine]]]:
    """Each line that is no directive, with the parser for the fields that stand above it."""
    fields: list[str] = []
    for line in lines:
        if line.startswith("#"):
            name, _, rest = line[1:].partition(":")
            if name.strip().lower() == "fields":
                fields = rest.lower().split()
        else:
            yield line, partial(w3c_line, tuple(fields))


def w3c_line(fields: tuple[str, ...], text: str) -> LogLine:
    """Raises UnreadableError if the line has another number of columns than fields, or no request in it."""
    values = text.split("\t") if "\t" in text else [a or b for a, b in _QUOTED.findall(text)]
    if len(values) != len(fields) or not fields:
        raise UnreadableError("line", f"it has {len(values)} columns, and #Fields names {len(fields)}")
    row = {name: said(value) for name, value in zip(fields, values, strict=True)}
    status, stem = row.get("sc-status", ""), row.get("cs-uri-stem") or _whole(row.get("cs-uri", ""))
    if not status.isdecimal() or not row.get("cs-method") or not stem:
        raise UnreadableError("line", NO_REQUEST)
    query = row.get("cs-uri-query", "")
    is_edge = "x-edge-location" in row  # CloudFront counts seconds, others milliseconds
    took = micros(row.get("time-taken") or row.get("timetakenms") or row.get("time-taken-ms"))
    return LogLine(
        method=row["cs-method"],
        target=f"{stem}?{query}" if query else stem,
        status=int(status),
        started_us=_moment(*(row.get(name) or row.get(f"{name}-local", "") for name in ("date", "time"))),
        host=row.get("x-host-header") or row.get("cs-host") or row.get("cs(host)", ""),
        scheme=row.get("cs-protocol") if row.get("cs-protocol") in ("http", "https") else "http",  # type: ignore[arg-type]
        client=row.get("c-ip", ""),
        user=row.get("cs-username", ""),
        agent=unquote(row.get("cs(user-agent)", "").replace("+", " ")),
        referer=row.get("cs(referer)", ""),
        total_us=took if is_edge or took is None else took // 1000,
    )


def _whole(uri: str) -> str:
    """Some firewalls write a URL without its scheme: `www.a.test/x`."""
    return uri if "://" in uri or uri.startswith(("/", "*")) or not uri else f"http://{uri}"


def _moment(day: str, time: str) -> int | None:
    try:
        return round(datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC).timestamp() * 1e6)
    except ValueError:
        return None
