"""What a benchmark prints: a table of rows that explain themselves, then one JSON line with the keys it promises."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

ABSENT = "absent"


@dataclass(slots=True)
class Table:
    """Rows of text under a title; the first column is left-aligned, the others right-aligned."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """Append a row; missing cells at its end are empty."""
        self.rows.append((*cells, *[""] * (len(self.columns) - len(cells))))

    def text(self) -> str:
        """The table as lines of text, notes last."""
        lines = [self.columns, *self.rows]
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.columns))]
        shown = [_line(line, widths) for line in lines]
        return "\n".join([self.title, "", shown[0], "-" * len(shown[0]), *shown[1:], *_notes(self.notes)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    return "  ".join([first, *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))])


def _notes(notes: Iterable[str]) -> list[str]:
    return ["", *(f"- {note}" for note in notes)] if notes else []


def shown(value: float | None, digits: int = 2, unit: str = "") -> str:
    """A number as a cell; "absent" for None."""
    return ABSENT if value is None else f"{value:,.{digits}f}{unit}"


def json_line(keys: Sequence[str], measured: Mapping[str, float | None]) -> str:
    """One line of JSON with exactly `keys` in that order; what was not measured is null. Raises KeyError for others."""
    unknown = measured.keys() - set(keys)
    if unknown:
        raise KeyError(f"not among the promised keys: {', '.join(sorted(unknown))}")
    return json.dumps({key: _rounded(measured.get(key)) for key in keys})


def _rounded(value: float | None) -> float | None:
    if value is None or isinstance(value, int):
        return value
    return None if value != value else float(f"{value:.6g}")
