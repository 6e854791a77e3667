"""Lines of `key=value` pairs, as Heroku's router and many Go services write, read by the names that JSON logs use."""

from __future__ import annotations

import re

from smartsandbox.packs.capture.log_json import is_request, row_line
from smartsandbox.packs.capture.log_line import LogLine

_PAIR = re.compile(r'(?:^|\s)([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))')
_HEROKU = re.compile(r"(\d{4}-\d\d-\d\dT\S+) heroku\[router\]: ")


def logfmt_line(text: str) -> LogLine | None:
    """None if the line has no pairs that name a target and a status."""
    if "=" not in text:
        return None
    row = {name: quoted or bare for name, quoted, bare in _PAIR.findall(text)}
    written = _HEROKU.match(text)
    if written is not None:
        row["time"] = written[1]
    return row_line(row) if is_request(row) else None
