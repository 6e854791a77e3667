"""The table of people that attacks on attributes read: one row a person, one number a cell.

Categories are numbered with one code book for all tables that are compared, so that equal cells mean equal values. A
cell that is missing is NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Row = Mapping[str, str]

FEW_VALUES = 8
"""An attribute with no more distinct values than this is a category, even if it is written in digits."""


@dataclass(frozen=True, slots=True)
class People:
    """`cells` has a row a person and a column an attribute; `numeric` says which columns are on a line."""

    names: tuple[str, ...]
    numeric: NDArray[np.bool_]
    cells: Floats

    @property
    def count(self) -> int:
        """How many people."""
        return len(self.cells)

    def take(self, rows: NDArray[np.int64]) -> People:
        """The people of those rows, in that order."""
        return People(self.names, self.numeric, self.cells[rows])

    def with_cells(self, cells: Floats) -> People:
        """The same attributes with other cells."""
        return People(self.names, self.numeric, cells)


NOBODY = People((), np.zeros(0, np.bool_), np.zeros((0, 0)))


def tabulate(tables: Sequence[Sequence[Row]], names: Sequence[str]) -> tuple[People, ...]:
    """Number the cells of tables that are compared with one another.

    An attribute is numeric if every value in the first table is a number or a time, and more than FEW_VALUES are
    distinct. A value that is none, in another table, is missing.
    """
    numeric = [is_numeric([row[name] for row in tables[0] if row.get(name)]) for name in names]
    books: list[dict[str, float]] = [{} for _ in names]
    cells = [
        np.array(
            [
                [
                    _cell(row.get(name), on_a_line, book)
                    for name, on_a_line, book in zip(names, numeric, books, strict=True)
                ]
                for row in table
            ],
            dtype=np.float64,
        ).reshape(len(table), len(names))
        for table in tables
    ]
    return tuple(People(tuple(names), np.array(numeric, dtype=np.bool_), one) for one in cells)


def number_of(value: str) -> float | None:
    """A number, or a time as seconds since the Unix epoch; None for anything else."""
    try:
        number = float(value)
        return number if np.isfinite(number) else None
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def is_numeric(values: Iterable[str]) -> bool:
    """True for numbers and times of which more than FEW_VALUES are distinct."""
    distinct = set(values)
    return len(distinct) > FEW_VALUES and all(number_of(value) is not None for value in distinct)


def _cell(value: str | None, on_a_line: bool, book: dict[str, float]) -> float:
    if value is None or not value.strip():
        return float("nan")
    if not on_a_line:
        return book.setdefault(value, float(len(book)))
    number = number_of(value)
    return float("nan") if number is None else number
