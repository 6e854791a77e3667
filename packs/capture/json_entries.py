"""The entries of a JSON capture, also of one that is cut short or damaged: what stands before the damage is kept.

orjson reads sound files. Where it refuses, the entries are decoded one by one by the standard library, which also
takes the lone surrogates and NaN that browsers write, up to the first entry that is broken.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import orjson

from smartsandbox.packs.errors import UnreadableError

_BETWEEN = re.compile(r"[\s,]*")
_END = re.compile(r"\s*\]")


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries in order, and what broke after them, or None."""

    entries: list[Any]
    damage: str | None = None


def parse_json(data: bytes) -> Any | None:
    """The document, or None if it is not sound JSON."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def salvage_entries(data: bytes, key: str) -> Entries:
    """The entries of the first list under `key`. Raises UnreadableError if the damage lies before the list."""
    text = data.decode("utf-8", "surrogateescape")
    start = re.search(rf'"{key}"\s*:\s*\[', text)
    if start is None:
        raise UnreadableError("json", _reason(data))
    entries: list[Any] = []
    decoder = json.JSONDecoder(strict=False)
    position = start.end()
    while not _END.match(text, position):
        match = _BETWEEN.match(text, position)
        position = match.end() if match else position
        try:
            entry, position = decoder.raw_decode(text, position)
        except RecursionError:
            return Entries(entries, "nested too deep")
        except ValueError:
            cut = position >= len(text) or _cut_short(text)
            return Entries(entries, "the file ends inside the list" if cut else "not valid JSON")
        entries.append(entry)
    more = re.compile(rf'"{key}"\s*:\s*\[').search(text, position)
    return Entries(entries, "another document stands behind the first" if more else None)


def _cut_short(text: str) -> bool:
    return not text.rstrip().endswith("}")


def _reason(data: bytes) -> str:
    if not data.strip():
        return "the file is empty"
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if "depth" in error.msg or "ecursion" in error.msg:
            return "JSON nested too deep"
        return f"not valid JSON at line {error.lineno} column {error.colno}"
    return "not valid JSON"
