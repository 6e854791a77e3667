"""The leak scan: no sensitive source value stands in the rewritten trace, as written or in nine encodings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.errors import LEAK_SCAN
from smartsandbox.anonymize.leaks.needles import ENCODINGS, SHORTEST, SHORTEST_NUMBER
from smartsandbox.anonymize.leaks.scan import DEPTH, Scan
from smartsandbox.anonymize.leaks.scanner import LeakScanner
from smartsandbox.anonymize.vocabulary import vocabulary_of
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.memory import trim
from smartsandbox.packs.trace import to_row

_REMEMBERED = 1 << 16


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
class _Texts:
    """Texts repeat in a trace: of those met lately each is searched once for an endpoint and field."""

    scan: Scan
    characters: int = 0
    _met: set[int] = field(default_factory=set)

    def take(self, endpoint: str | None, name: str, value: str | bytes) -> None:
        self.characters += len(value)
        mark = hash((endpoint, name, value))
        if mark in self._met:
            return
        if len(self._met) >= _REMEMBERED:
            self._met.clear()
        self._met.add(mark)
        text = value.encode("utf-8", "replace") if isinstance(value, str) else value
        self.scan.feed(f"{endpoint} {name}", text)


def leak_scan(evidence: Evidence) -> Verdict:
    """Passes if no sensitive source value stands in any field of the rewritten trace.

    The filter over all values takes the room of what the other checks shared, so it comes after them.
    """
    evidence.walk.release()
    evidence.release()
    scanner = LeakScanner(evidence.needles.values(), vocabulary=vocabulary_of(evidence.policy))
    texts = _Texts(scanner.scan())
    for exchange in evidence.output():
        for name, value in fields_of(to_row(exchange)):
            texts.take(exchange.endpoint, name, value)
    found = texts.scan.close()
    trim()
    hits = found.total()
    return Verdict(
        check=LEAK_SCAN,
        criterion="singling out",
        passed=hits == 0,
        summary=f"{hits} texts hold a source value" if hits else f"none of {scanner.count} source values was found",
        bounds={
            "hits": 0,
            "shortest": SHORTEST,
            "shortest_number": SHORTEST_NUMBER,
            "encodings": list(ENCODINGS),
            "encodings_deep": DEPTH,
        },
        metrics={"needles": scanner.count, "characters": texts.characters, "hits": hits},
        findings=tuple(f"{place}: {count} different texts" for place, count in sorted(found.items(), key=str)),
    )
