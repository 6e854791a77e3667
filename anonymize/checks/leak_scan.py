"""The leak scan: searches published bytes for every sensitive source value, as written and in nine encodings.

One linear pass over each text: encodings that can be undone cheaply (case, percent, plus, HTML and JSON escapes) are
undone on the text, the others (hex, base64 and base64url at three alignments) are searched for as they would stand.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ahocorasick
import pyarrow.parquet as pq

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.escapes import unescaped
from smartsandbox.anonymize.substitute import boundary_of, is_bounded, is_plain_number, lowered
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.trace import to_row

ENCODINGS = ("plain", "lower", "upper", "percent", "form", "html", "json", "hex", "base64", "base64url")
SHORTEST = 6
SHORTEST_NUMBER = 9
"""A shorter number would be found by chance among amounts and counts."""

_LONGEST_RUN = 8192
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/]")
_HEX_RUN = re.compile(r"[0-9a-f]")
_STANDARD_ALPHABET = str.maketrans("-_", "+/")


def searchable(needles: Iterable[str]) -> list[str]:
    """The values long enough to search for."""
    return [n for n in needles if len(n) >= (SHORTEST_NUMBER if is_plain_number(n) else SHORTEST)]


class LeakScanner:
    """Searches texts and bytes for a set of values."""

    def __init__(self, needles: Iterable[str]) -> None:
        wanted = searchable(set(needles))
        self.count = len(wanted)
        plain = {lowered(needle) for needle in wanted}
        spellings = plain | set(wanted)
        self._plain = _automaton((low, (len(low), boundary_of(low))) for low in plain)
        self._hex = _automaton((hexed, len(hexed)) for hexed in map(_hex, spellings))
        self._base64 = _automaton((one, len(one)) for needle in spellings for one in base64_fragments(needle))

    def finds(self, text: str) -> bool:
        """True if any of the values stands in the text in any of the encodings."""
        if not self.count:
            return False
        return any(self._in_plain(variant) for variant in _variants(text)) or self._in_encoded(text)

    def finds_in_bytes(self, data: bytes) -> bool:
        """The same for bytes, read as UTF-8 and as Latin-1 where they are not UTF-8."""
        try:
            return self.finds(data.decode())
        except UnicodeDecodeError:
            return self.finds(data.decode("utf-8", "ignore")) or self.finds(data.decode("latin-1"))

    def _in_plain(self, text: str) -> bool:
        low = lowered(text)
        return any(
            is_bounded(low, end + 1 - length, end + 1, boundary) for end, (length, boundary) in self._plain.iter(low)
        )

    def _in_encoded(self, text: str) -> bool:
        """A match is confirmed by decoding what stands around it, as a word may be part of a longer one."""
        standard = text.translate(_STANDARD_ALPHABET)
        low = text.lower()
        return any(
            self._in_plain(decoded)
            for end, _ in self._base64.iter(standard)
            for decoded in _around(standard, end, _BASE64_RUN, 4, _decode_base64)
        ) or any(
            self._in_plain(decoded)
            for end, _ in self._hex.iter(low)
            for decoded in _around(low, end, _HEX_RUN, 2, _decode_hex)
        )


def _automaton(words: Iterable[tuple[str, Any]]) -> Any:
    automaton = ahocorasick.Automaton()
    for word, value in words:
        automaton.add_word(word, value)
    automaton.make_automaton()
    return automaton


def _hex(needle: str) -> str:
    return needle.encode("utf-8", "replace").hex()


def _around(text: str, at: int, run: re.Pattern[str], unit: int, decode: Callable[[str], bytes]) -> Iterator[str]:
    """The run of encoded characters around a place, decoded at every alignment."""
    start = at
    while start > max(0, at - _LONGEST_RUN) and run.match(text[start - 1]):
        start -= 1
    end = at + 1
    while end < min(len(text), at + _LONGEST_RUN) and run.match(text[end]):
        end += 1
    for offset in range(unit):
        yield decode(text[start + offset : end]).decode("utf-8", "ignore")


def _decode_base64(text: str) -> bytes:
    whole = text[:-1] if len(text) % 4 == 1 else text
    return base64.b64decode(whole + "=" * (-len(whole) % 4))


def _decode_hex(text: str) -> bytes:
    return bytes.fromhex(text[: len(text) // 2 * 2])


def base64_fragments(value: str) -> Iterator[str]:
    """The characters that base64 of any text holding the value must contain, for its three alignments."""
    raw = value.encode("utf-8", "replace")
    for offset, skipped in ((0, 0), (1, 2), (2, 3)):
        encoded = base64.b64encode(b"\x00" * offset + raw).decode()
        yield encoded[skipped : (offset + len(raw)) * 8 // 6]


def _variants(text: str) -> Iterator[str]:
    yield text
    yield from (plain for plain, _ in unescaped(text))


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
