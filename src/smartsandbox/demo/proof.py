"""Looks for known values in everything a store publishes: each file's bytes, and each Parquet file's values.

It is written apart from the anonymiser's own leak scan, and knows the originals from the other side: from the
population that the demo invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import ahocorasick
import pyarrow.parquet as pq

MIN_LENGTH = 5
_ESCAPED = re.compile(r"(?:\\[bfnrt]|\\u[0-9a-f]{4}|%[0-9a-f]{2})\Z")


@dataclass(frozen=True, slots=True)
class Searched:
    """What was read, and the places (file, and column of a Parquet file) where a value stands."""

    files: int
    bytes: int
    places: tuple[str, ...]


def search_published(root: Path, wanted: Iterable[str]) -> Searched:
    """Search every file under `root`, without regard to case, for the values and their percent-encoded forms.

    A value inside a longer word or number is none: that "Jemma Horton" stands somewhere says nothing of an Emma.
    """
    needles = _automaton(wanted)
    found: list[str] = []
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    for path in paths:
        texts = [("bytes", path.read_bytes()), *(_columns(path) if path.suffix == ".parquet" else ())]
        found += [f"{path.relative_to(root)} ({place})" for place, text in texts if _holds(needles, text)]
    return Searched(len(paths), sum(path.stat().st_size for path in paths), tuple(dict.fromkeys(found)))


def _automaton(wanted: Iterable[str]) -> Any:
    automaton = ahocorasick.Automaton()
    for value in wanted:
        for form in {
            value,
            quote(value, safe=""),
            quote_plus(value),
            value.replace(" ", ""),
            value.replace('"', '\\"'),
        }:
            if len(form) >= MIN_LENGTH:
                automaton.add_word(form.lower(), len(form.lower()))
    automaton.make_automaton()
    return automaton


def _holds(needles: Any, text: bytes) -> bool:
    folded = text.decode("utf-8", "replace").lower()
    return any(_stands_alone(folded, last + 1 - length, last + 1) for last, length in needles.iter(folded))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no letter goes on at a letter, and no digit at a digit, at either end of text[start:end]. What ends an
    escape (of JSON, or by percent) goes on in nothing.
    """
    before, after = text[start - 1 : start], text[end : end + 1]
    if _same_kind(text[end - 1], after):
        return False
    return not _same_kind(before, text[start]) or _ESCAPED.search(text[max(0, start - 6) : start]) is not None


def _same_kind(one: str, other: str) -> bool:
    return (one.isalpha() and other.isalpha()) or (one.isdigit() and other.isdigit())


def _columns(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each column's values, one after another."""
    table = pq.read_table(path)
    for name in table.column_names:
        values = (
            str(item) if not isinstance(item, bytes) else item.decode("utf-8", "replace")
            for item in table[name].to_pylist()
        )
        yield name, "\n".join(values).encode()
