"""The leak scan: searches published bytes for every sensitive source value, as written and in nine encodings.

One linear pass over each text: encodings that can be undone cheaply (case, percent, plus, HTML and JSON escapes) are
undone on the text, the others (hex, base64 and base64url at three alignments) are searched for as they would stand.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import ahocorasick
import pyarrow.parquet as pq

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.substitute import Boundary, boundary_of, is_bounded, lowered
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.trace import to_row

ENCODINGS = ("plain", "lower", "upper", "percent", "form", "html", "json", "hex", "base64", "base64url")
SHORTEST = 6
SHORTEST_NUMBER = 9
"""A shorter number would be found by chance among amounts and counts."""

_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\([/\"\\])")


def searchable(needles: Iterable[str]) -> list[str]:
    """The values long enough to search for."""
    return [n for n in needles if len(n) >= (SHORTEST_NUMBER if n.replace("-", "").isdigit() else SHORTEST)]


class LeakScanner:
    """Searches texts and bytes for a set of values."""

    def __init__(self, needles: Iterable[str]) -> None:
        self._folded = ahocorasick.Automaton()
        self._exact = ahocorasick.Automaton()
        self.count = 0
        for needle in searchable(set(needles)):
            self.count += 1
            low = lowered(needle)
            self._folded.add_word(low, (len(low), boundary_of(low)))
            for hexed in {needle.encode("utf-8", "replace").hex(), low.encode("utf-8", "replace").hex()}:
                self._folded.add_word(hexed, (len(hexed), Boundary.NONE))
            for fragment in {*base64_fragments(needle), *base64_fragments(low)}:
                self._exact.add_word(fragment, len(fragment))
        for automaton in (self._folded, self._exact):
            if len(automaton):
                automaton.make_automaton()

    def finds(self, text: str) -> bool:
        """True if any of the values stands in the text in any of the encodings."""
        if not self.count:
            return False
        return any(self._in_folded(variant) for variant in _variants(text)) or self._in_exact(text)

    def finds_in_bytes(self, data: bytes) -> bool:
        """The same for bytes, read as UTF-8 and as Latin-1 where they are not UTF-8."""
        try:
            return self.finds(data.decode())
        except UnicodeDecodeError:
            return self.finds(data.decode("utf-8", "ignore")) or self.finds(data.decode("latin-1"))

    def _in_folded(self, text: str) -> bool:
        low = lowered(text)
        return any(
            is_bounded(low, end + 1 - length, end + 1, boundary) for end, (length, boundary) in self._folded.iter(low)
        )

    def _in_exact(self, text: str) -> bool:
        standard = text.replace("-", "+").replace("_", "/")
        return next(self._exact.iter(standard), None) is not None


def base64_fragments(value: str) -> Iterator[str]:
    """The characters that base64 of any text holding the value must contain, for its three alignments."""
    raw = value.encode("utf-8", "replace")
    for offset, skipped in ((0, 0), (1, 2), (2, 3)):
        encoded = base64.b64encode(b"\x00" * offset + raw).decode()
        yield encoded[skipped : (offset + len(raw)) * 8 // 6]


def _variants(text: str) -> Iterator[str]:
    yield text
    if "%" in text or "+" in text:
        yield unquote_plus(text, errors="replace")
    if "&" in text:
        yield html.unescape(text)
    if "\\" in text:
        yield _JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


def fields_of(row: dict[str, Any]) -> Iterator[tuple[str, str | bytes]]:
    """Every text and byte field of a row, with its name; lists of headers are taken apart."""
    for name, value in row.items():
        if isinstance(value, (str, bytes)):
            yield name, value
        elif isinstance(value, list):
            for item in value:
                parts = item.values() if isinstance(item, dict) else (item,)
                yield from ((name, part) for part in parts if isinstance(part, (str, bytes)))


@dataclass(slots=True)
class _Seen:
    """Texts repeat in a trace: each distinct one is searched once."""

    scanner: LeakScanner
    clean: set[str | bytes]

    def leaks(self, value: str | bytes) -> bool:
        if value in self.clean:
            return False
        found = self.scanner.finds(value) if isinstance(value, str) else self.scanner.finds_in_bytes(value)
        if not found and len(value) < 512:
            self.clean.add(value)
        return found


def leak_scan(evidence: Evidence) -> Verdict:
    """Passes if no sensitive source value stands in any field of the rewritten trace."""
    scanner = LeakScanner(evidence.needles.values())
    seen = _Seen(scanner, set())
    findings: dict[str, int] = {}
    scanned = 0
    for exchange in evidence.output():
        for name, value in fields_of(to_row(exchange)):
            scanned += len(value)
            if seen.leaks(value):
                place = f"{exchange.endpoint} {name}"
                findings[place] = findings.get(place, 0) + 1
    hits = sum(findings.values())
    return Verdict(
        check="leak scan",
        criterion="singling out",
        passed=hits == 0,
        summary=f"{hits} fields hold a source value" if hits else f"none of {scanner.count} source values was found",
        bounds={"hits": 0, "shortest": SHORTEST, "shortest_number": SHORTEST_NUMBER, "encodings": list(ENCODINGS)},
        metrics={"needles": scanner.count, "characters": scanned, "hits": hits},
        findings=tuple(f"{place}: {count} times" for place, count in sorted(findings.items())),
    )


def scan_files(paths: Iterable[Path], needles: Iterable[str]) -> tuple[str, ...]:
    """Findings of a scan over published files, one line a place: raw bytes, and the values of Parquet files too."""
    scanner = LeakScanner(needles)
    return tuple(finding for path in paths for finding in _scan_file(path, scanner))


def _scan_file(path: Path, scanner: LeakScanner) -> Iterator[str]:
    if scanner.finds_in_bytes(path.read_bytes()):
        yield f"{path.name}: a source value in the raw bytes"
    if path.suffix != ".parquet":
        return
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=2048):
            for name, value in (field for row in batch.to_pylist() for field in fields_of(row)):
                if scanner.finds(value) if isinstance(value, str) else scanner.finds_in_bytes(value):
                    yield f"{path.name}: a source value in column {name}"
                    return
