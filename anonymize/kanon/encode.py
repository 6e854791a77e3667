"""Quasi-identifiers as ordered numbers, and the valid value that stands for a group."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from smartsandbox.anonymize.dates import format_date, parse_date
from smartsandbox.anonymize.kanon.table import Column, Table
from smartsandbox.anonymize.kinds import AttributeKind

Item = TypeVar("Item", str, tuple[str, ...])

NO_VALUE = "0"
"""Where a text that is no day, or no number, stands among those that are."""

SUPPRESSED_DATE = "1970-01-01"
SUPPRESSED_TEXT = "unspecified"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def normal(value: str, kind: AttributeKind) -> str:
    """The form in which two spellings of one value are equal."""
    if kind is AttributeKind.DATE:
        found = parse_date(value)
        return found.isoformat() if found else value.strip()
    return value.strip() if kind is AttributeKind.NUMBER else " ".join(value.split())


def sort_key(value: str, kind: AttributeKind) -> tuple[float, str]:
    """The order of normal values: numbers by size, days and categories by their text."""
    return (number_of(value) if kind is AttributeKind.NUMBER else 0.0, value)


def number_of(value: str) -> float:
    """The number that a text is, or 0 for one that is none."""
    return float(value) if _NUMBER.fullmatch(value) else 0.0


def table_of(names: Sequence[str], columns: Sequence[Sequence[str]], kinds: Sequence[AttributeKind]) -> Table:
    """The people as ordered codes: days and numbers by size, categories by their text. Values of days are ISO days."""
    return Table(tuple(_column(*attribute) for attribute in zip(names, columns, kinds, strict=True)))


def _column(name: str, column: Sequence[str], kind: AttributeKind) -> Column:
    if kind is AttributeKind.DATE:
        days = [parse_date(value) for value in column]
        line = Column.numeric(name, [str(day.toordinal()) if day else NO_VALUE for day in days])
        return replace(line, values=tuple(_day(value) for value in line.values))
    if kind is AttributeKind.NUMBER:
        return Column.numeric(name, [value if _NUMBER.fullmatch(value) else NO_VALUE for value in column])
    return Column.category(name, column)


def _day(ordinal: str) -> str:
    return ordinal if ordinal == NO_VALUE else date.fromordinal(int(ordinal)).isoformat()


def representatives(columns: Sequence[Sequence[str]], kinds: Sequence[AttributeKind]) -> list[str]:
    """The value that stands for a group, by attribute: a day in its middle that is nobody's, the median number, the
    most frequent category.

    Places are taken together, as the most frequent combination, so that a postcode fits its city.
    """
    places = [index for index, kind in enumerate(kinds) if kind is AttributeKind.PLACE]
    together = _most_frequent(list(zip(*(columns[index] for index in places), strict=True))) if places else ()
    chosen = dict(zip(places, together, strict=True))
    return [
        chosen[index] if index in chosen else _representative(column, kind)
        for index, (column, kind) in enumerate(zip(columns, kinds, strict=True))
    ]


def _representative(column: Sequence[str], kind: AttributeKind) -> str:
    if kind is AttributeKind.DATE:
        return _day_between(column)
    if kind is AttributeKind.NUMBER:
        return sorted(column, key=lambda value: sort_key(value, kind))[(len(column) - 1) // 2]
    return _most_frequent(list(column))


def _day_between(column: Sequence[str]) -> str:
    """The middle of the group's days, or the next one that no member has: a day that is one person's would name them.

    Where all share one day, or every day between is somebody's, it is a shared or a median day as it stands.
    """
    days = sorted(day.toordinal() for day in map(parse_date, column) if day)
    if len(days) < len(column):
        return sorted(column)[(len(column) - 1) // 2]
    taken, middle = set(days), (days[0] + days[-1]) // 2
    free = next((day for day in range(middle, days[-1]) if day not in taken), days[(len(days) - 1) // 2])
    return date.fromordinal(free).isoformat()


def _most_frequent(items: Sequence[Item]) -> Item:
    counts = Counter(items)
    return min(counts, key=lambda item: (-counts[item], item))


def suppressed(kind: AttributeKind) -> str:
    """The value that stands for those who fit no group; valid in its kind."""
    return {AttributeKind.DATE: SUPPRESSED_DATE, AttributeKind.NUMBER: "0"}.get(kind, SUPPRESSED_TEXT)


def written_like(value: str, kind: AttributeKind, original: str) -> str:
    """A representative in the notation of the value it replaces."""
    if kind is AttributeKind.DATE and parse_date(original) is not None:
        day = parse_date(value)
        return format_date(day, original) if isinstance(day, date) else value
    return value
