"""Taking records out of captures that are a row of records: GoReplay files, access logs and mitmproxy flows.

What stays, stays byte for byte, but for a byte-order mark in front.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Set

from smartsandbox.packs.capture.gor import END, message_line
from smartsandbox.packs.capture.mitm import frames

Holds = Callable[[str], bool]
"""Says whether a text holds what is to be removed."""


def without_pairs(data: bytes, unwanted: Set[int], holds: Holds) -> bytes | None:
    """A GoReplay file without the requests at these indices, and without all answers to them.

    A request goes with its answers where the text of any of them `holds`; so does what is damaged.
    """
    parts = data.split(END)
    ids = [message_line(part) for part in parts]
    asked = list(dict.fromkeys(line[2] for line in ids if line is not None and line[1] == b"1"))
    gone = {number for index, number in enumerate(asked) if index in unwanted}
    gone |= {line[2] for line, part in zip(ids, parts, strict=True) if line is not None and holds(_text(part))}
    kept = [
        part
        for line, part in zip(ids, parts, strict=True)
        if (not holds(_text(part)) if line is None else line[2] not in gone)
    ]
    return END.join(kept)


def without_log_lines(data: bytes, unwanted: Set[int], holds: Holds) -> bytes | None:
    """An access log without the lines at these indices, which count lines that say something and are no directive."""
    lines = data.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    said = [line for line in lines if line.strip()]
    has_directives = bool(said) and said[0].startswith("#")
    kept, index = [], -1
    for line in lines:
        is_record = bool(line.strip()) and not (has_directives and line.startswith("#"))
        index += is_record
        if not (holds(line) or (is_record and index in unwanted)):
            kept.append(line)
    return "".join(kept).encode("utf-8", "surrogateescape")


def without_flows(data: bytes, unwanted: Set[int], holds: Holds) -> bytes | None:
    """A flow file without the flows at these indices; None if it is damaged, for what stands there cannot be read."""
    try:
        found = list(frames(io.BytesIO(data)))
    except (EOFError, ValueError):
        return None
    return b"".join(one for at, one in enumerate(found) if at not in unwanted and not holds(_text(one)))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
