"""Tables and hierarchies from delimited text, as ARX and Amnesia write them: UTF-8, a semicolon between fields."""

from __future__ import annotations

import csv
from pathlib import Path

from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.packs.errors import UnreadableError, UsageError


def read_hierarchy(path: Path, name: str, delimiter: str = ";") -> Hierarchy:
    """One line a value, level by level, no heading. Raises UsageError or UnreadableError with the file's name."""
    try:
        return Hierarchy.of(name, read_rows(path, delimiter))
    except UsageError as error:
        raise UsageError(f"{path.name}: {error}") from None


def read_columns(path: Path, delimiter: str = ";") -> dict[str, list[str]]:
    """The columns of a table by the names in its first line. Raises UnreadableError where a row has too few fields."""
    rows = read_rows(path, delimiter)
    if not rows:
        raise UnreadableError(str(path), "the table is empty")
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise UnreadableError(str(path), f"{len(row)} fields where the heading has {len(rows[0])}", number)
    return {name: list(column) for name, *column in zip(*rows, strict=True)}


def read_rows(path: Path, delimiter: str = ";") -> list[list[str]]:
    """The fields of each line that has any. Raises UsageError if there is no file, UnreadableError if it is no text."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableError(str(path), f"not delimited UTF-8 text ({type(error).__name__})") from error
