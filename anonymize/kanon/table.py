"""A table of subjects as dictionary-coded columns: one row a person, one int32 code a cell.

Codes follow the order of the domain (numbers by size, categories as their hierarchy lists them), so that an interval
of codes is a meaningful group. Every method of this package works on these columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.packs.errors import UsageError

Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute. `values` are those that occur, in the order of the domain; `codes` index them, one a row.

    `positions` places each value on a line, ascending: its number for a numeric attribute, its index otherwise.
    """

    name: str
    values: tuple[str, ...]
    codes: Codes
    positions: NDArray[np.float64]
    overall: NDArray[np.int64] | None = None
    """How often each value occurs among all people, where the column is of some of them."""

    @property
    def span(self) -> float:
        """The length of the domain that occurs, in units of `positions`."""
        return float(self.positions[-1] - self.positions[0]) if len(self.values) else 0.0

    @staticmethod
    def numeric(name: str, values: Sequence[str]) -> Column:
        """Order the values as numbers. Raises UsageError with the first row that holds none."""
        distinct, codes = _code(values)
        try:
            positions = np.array([float(value) for value in distinct], dtype=np.float64)
        except ValueError:
            raise UsageError(f"attribute {name!r} is numeric but row {_first_text(values)} holds no number") from None
        if not np.isfinite(positions).all():
            raise UsageError(f"attribute {name!r} is numeric but holds a value that is not finite")
        order = np.argsort(positions, kind="stable")
        return Column(name, tuple(distinct[i] for i in order), _ranks(order)[codes], positions[order])

    @staticmethod
    def category(name: str, values: Sequence[str], order: Sequence[str] | None = None) -> Column:
        """Order the values as in `order`, or by their text. Raises UsageError if `order` lacks one that occurs."""
        distinct, codes = _code(values)
        rank = {value: i for i, value in enumerate(sorted(distinct) if order is None else order)}
        missing = [value for value in distinct if value not in rank]
        if missing:
            row = next(i for i, value in enumerate(values) if value not in rank)
            raise UsageError(
                f"attribute {name!r}: {len(missing)} of {len(distinct)} values are not in its hierarchy "
                f"(first in row {row}): add them to the hierarchy"
            )
        by_rank = np.array(sorted(range(len(distinct)), key=lambda i: rank[distinct[i]]), dtype=np.int64)
        positions = np.arange(len(distinct), dtype=np.float64)
        return Column(name, tuple(distinct[i] for i in by_rank), _ranks(by_rank)[codes], positions)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length. Raises UsageError if lengths differ or two columns share a name."""

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        if len({len(column.codes) for column in self.columns}) > 1:
            raise UsageError("the attributes have different numbers of rows")
        if len({column.name for column in self.columns}) < len(self.columns):
            raise UsageError("two attributes have the same name")

    @property
    def rows(self) -> int:
        """How many people."""
        return len(self.columns[0].codes) if self.columns else 0

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The attribute of that name. Raises UsageError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UsageError(f"no attribute {name!r}; there are {', '.join(self.names)}")


def _code(values: Sequence[str]) -> tuple[list[str], Codes]:
    index: dict[str, int] = {}
    codes = np.fromiter((index.setdefault(value, len(index)) for value in values), np.int32, len(values))
    return list(index), codes


def _ranks(order: NDArray[np.int64]) -> Codes:
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks


def _first_text(values: Sequence[str]) -> int:
    for row, value in enumerate(values):
        try:
            float(value)
        except ValueError:
            return row
    return 0
