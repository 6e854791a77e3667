"""Columns of a pack as flat memory: read one cell in tens of nanoseconds, with no Python object kept for each row.

A million exchanges then cost what their bytes cost, and processes that map the same file share them, because reading a
cell touches no reference count of a row. A column is made of named parts, which lie in memory or in a file (see
`image`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from mmap import mmap
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_FEW = 1024

Column = Any
"""A pyarrow Array or ChunkedArray; pyarrow ships no types."""

Buffer = bytes | mmap
"""Slices of both are bytes."""
Parts = Mapping[str, Buffer]
"""The bytes of each part by name."""
Add = Callable[[str, Iterable[Any]], None]
"""Takes the name of a part and the buffers that make it up, in order."""


def in_memory(write: Callable[[Add], None]) -> Parts:
    """The parts that `write` adds, held in memory."""
    parts: dict[str, Buffer] = {}

    def add(name: str, pieces: Iterable[Any]) -> None:
        parts[name] = b"".join(pieces)

    write(add)
    return parts


def flat(column: Column) -> Column:
    """The column as one Array."""
    if isinstance(column, pa.ChunkedArray):
        return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return column


def integers(column: Column, kind: type[np.generic], null: int = -1) -> npt.NDArray[Any]:
    """A numeric column as numpy, with `null` where it holds none."""
    return np.ascontiguousarray(pc.fill_null(flat(column), null).to_numpy(zero_copy_only=False), kind)


def positions(column: Column, values: Column) -> npt.NDArray[np.int32]:
    """For each row, where its value stands in `values`; -1 for null or not there."""
    return integers(pc.index_in(flat(column), value_set=flat(values)), np.int32)


def cells(values: npt.NDArray[Any]) -> memoryview:
    """A numpy array as a memoryview, whose cells come out as Python ints and floats three times as fast."""
    return np.ascontiguousarray(values).data


def read_cells(parts: Parts, name: str, kind: str) -> memoryview:
    """A part as cells of one `struct` format, such as "q"."""
    part = parts[name]
    found: memoryview = np.frombuffer(part, kind).data if len(part) else memoryview(b"").cast(kind)  # type: ignore[call-overload]
    return found


def read_array(parts: Parts, name: str, kind: type[np.generic]) -> npt.NDArray[Any]:
    """A part as a numpy array."""
    return np.frombuffer(parts[name], kind) if len(parts[name]) else np.zeros(0, kind)


@dataclass(frozen=True, slots=True)
class Arena:
    """Byte strings laid end to end; `arena[i]` copies one out. Nulls read as empty."""

    starts: memoryview
    data: Buffer

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, at: int) -> bytes:
        return self.data[self.starts[at] : self.starts[at + 1]]

    def size(self, at: int) -> int:
        """The length of one string."""
        return int(self.starts[at + 1] - self.starts[at])

    @staticmethod
    def write(name: str, columns: Iterable[Column], add: Add) -> None:
        """Add string or binary arrays, one after the other, as one arena. None is held longer than it is written."""
        sizes: list[npt.NDArray[np.int64]] = [np.zeros(1, np.int64)]

        def pieces() -> Iterator[Any]:
            for column in columns:
                starts, data = _layout(column)
                sizes.append(np.diff(starts))
                yield data[starts[0] : starts[-1]]

        add(f"{name}.data", pieces())
        add(f"{name}.starts", [np.cumsum(np.concatenate(sizes))])

    @staticmethod
    def read(parts: Parts, name: str) -> Arena:
        """What `write` added."""
        return Arena(read_cells(parts, f"{name}.starts", "q"), parts[f"{name}.data"])


def chunks(column: Column) -> Sequence[Column]:
    """The arrays that a column is made of."""
    return column.chunks if isinstance(column, pa.ChunkedArray) else [column]


def _layout(column: Column) -> tuple[npt.NDArray[np.int64], memoryview]:
    """Where each string of an Array starts, and one past the last, in the bytes it lies in."""
    array = column.cast(pa.large_binary())
    _, offsets, data = array.buffers()
    if offsets is None or len(array) == 0:
        return np.zeros(len(array) + 1, np.int64), memoryview(b"")
    starts = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    return starts, memoryview(data) if data is not None else memoryview(b"")


@dataclass(frozen=True, slots=True)
class Names(Sequence[str]):
    """Distinct strings by code; `order` has the codes in the order of the strings' bytes."""

    arena: Arena
    order: memoryview

    def __len__(self) -> int:
        return len(self.arena)

    @overload
    def __getitem__(self, code: int) -> str: ...
    @overload
    def __getitem__(self, code: slice) -> list[str]: ...
    def __getitem__(self, code: int | slice) -> str | list[str]:
        if isinstance(code, slice):
            return [self[at] for at in range(*code.indices(len(self)))]
        if not -len(self) <= code < len(self):
            raise IndexError(code)
        return self.arena[code % len(self)].decode("utf-8", "surrogateescape")

    def find(self, name: str) -> int:
        """The code of a string, or -1."""
        wanted = name.encode("utf-8", "surrogateescape")
        at = bisect_left(self.order, wanted, key=self.arena.__getitem__)
        code = self.order[at] if at < len(self.order) else -1
        return code if code >= 0 and self.arena[code] == wanted else -1


@dataclass(frozen=True, slots=True)
class Coded:
    """A column whose strings repeat: a code for each row (-1 for null) and the strings by code."""

    codes: memoryview
    names: Sequence[str]

    def name(self, row: int) -> str | None:
        """The string of one row."""
        code = self.codes[row]
        return self.names[code] if code >= 0 else None

    @staticmethod
    def write(name: str, column: Column, add: Add) -> None:
        """Codes are in order of first appearance."""
        array = flat(column).dictionary_encode()
        add(f"{name}.codes", [integers(array.indices, np.int32)])
        Arena.write(f"{name}.names", [array.dictionary], add)
        add(f"{name}.order", [pc.sort_indices(array.dictionary.cast(pa.binary())).to_numpy().astype(np.int32)])

    @staticmethod
    def read(parts: Parts, name: str) -> Coded:
        """What `write` added. Few names are kept as strings, many are not."""
        names = Names(Arena.read(parts, f"{name}.names"), read_cells(parts, f"{name}.order", "i"))
        return Coded(read_cells(parts, f"{name}.codes", "i"), tuple(names) if len(names) <= _FEW else names)

    @staticmethod
    def of(column: Column) -> Coded:
        """A column in memory."""
        return Coded.read(in_memory(lambda add: Coded.write("column", column, add)), "column")
