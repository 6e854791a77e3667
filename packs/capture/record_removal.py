"""Taking records out of captures that are a row of records: GoReplay files, access logs and mitmproxy flows.

What stays, stays byte for byte, but for a byte-order mark in front.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Set

from smartsandbox.packs.capture.access_log import is_record, listed_rows
from smartsandbox.packs.capture.gor import END, message_line
from smartsandbox.packs.capture.mitm import frames

Holds = Callable[[str], bool]
"""Says whether a text holds what is to be removed."""


def without_pairs(data: bytes, unwanted: Set[int], holds: Holds) -> bytes | None:
    """A GoReplay file without the requests at these indices, and without all answers to them.

    A request goes with its answers where the text of any of them `holds`; so does what is damaged.
    """
    parts = data.split(END)
    pairs = list(_pairs(parts))
    asked = [pair for pair, is_request in pairs if is_request]
    gone = {pair for index, pair in enumerate(asked) if index in unwanted}
    gone |= {pair for (pair, _), part in zip(pairs, parts, strict=True) if pair is not None and holds(_text(part))}
    kept = [
        part
        for (pair, _), part in zip(pairs, parts, strict=True)
        if (not holds(_text(part)) if pair is None else pair not in gone)
    ]
    return END.join(kept)


def _pairs(parts: list[bytes]) -> Iterator[tuple[tuple[bytes, int] | None, bool]]:
    """The pair of each message, as the reader tells pairs apart: by id and by how often a request had it; and whether
    it is the request. None for what is damaged.
    """
    times: Counter[bytes] = Counter()
    for part in parts:
        line = message_line(part)
        if line is None:
            yield None, False
            continue
        is_request, number = line[1] == b"1", line[2]
        times[number] += is_request
        yield (number, max(0, times[number] - 1)), is_request


def without_log_lines(data: bytes, unwanted: Set[int], holds: Holds) -> bytes | None:
    """An access log without the records at these indices, counted as the reader does; None for one that is a list."""
    if listed_rows(data.decode("utf-8", "replace")):
        return None
    text = data.decode("utf-8", "surrogateescape")
    kept, index = [], -1
    for line in text.split("\n"):
        index += is_record(line)
        if not (holds(line) or (is_record(line) and index in unwanted)):
            kept.append(line)
    return "\n".join(kept).encode("utf-8", "surrogateescape")


def without_flows(data: bytes, unwanted: Set[int], holds: Holds) -> bytes | None:
    """A flow file without the flows at these indices; None if it is damaged, for what stands there cannot be read."""
    try:
        found = list(frames(io.BytesIO(data)))
    except (EOFError, ValueError):
        return None
    return b"".join(one for at, one in enumerate(found) if at not in unwanted and not holds(_text(one)))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
