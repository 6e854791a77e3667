"""Columns of whole numbers that grow past memory: appended to a file without a name, read back as a mapped array.

What is mapped counts as memory of the process while it is in use; `release` gives it back without losing anything. The
file holds times and numbers of a raw trace and goes when the process ends, however it ends.
"""

from __future__ import annotations

import mmap
from array import array
from typing import IO

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.nameless import nameless_file

Ints = NDArray[np.int64]

BLOCK = 1 << 16
"""Numbers that are kept in memory before they are written out."""
_WORD = 8


class Column:
    """Whole numbers of 64 bits, appended one by one or many at once."""

    def __init__(self, block: int = BLOCK) -> None:
        self._block = block
        self._fresh = array("q")
        self._written = 0
        self._file: IO[bytes] | None = None
        self._maps: list[mmap.mmap] = []

    def __len__(self) -> int:
        return self._written + len(self._fresh)

    def append(self, number: int) -> None:
        """One more number."""
        self._fresh.append(number)
        if len(self._fresh) >= self._block:
            self._write()

    def extend(self, numbers: Ints) -> None:
        """Several more, in their order."""
        for start in range(0, len(numbers), self._block):
            self._fresh.frombytes(numbers[start : start + self._block].astype(np.int64).tobytes())
            if len(self._fresh) >= self._block:
                self._write()

    def _write(self) -> None:
        if self._file is None:
            self._file = nameless_file(self)
        self._file.write(self._fresh.tobytes())
        self._file.flush()
        self._written += len(self._fresh)
        self._fresh = array("q")

    def array(self) -> Ints:
        """All numbers so far, not to be written to. A column that never left memory is copied."""
        if self._file is None:
            return np.array(self._fresh, np.int64)
        if self._fresh:
            self._write()
        self._maps.append(mmap.mmap(self._file.fileno(), self._written * _WORD, access=mmap.ACCESS_READ))
        return np.frombuffer(self._maps[-1], np.int64)

    def release(self) -> None:
        """Let the pages of every array given out go from memory; they are read again when they are asked for."""
        for mapped in self._maps:
            let_go(mapped)


class Mapped:
    """`numbers` are so many zeros to be written to, on disk; what was written stays when their memory is given back."""

    def __init__(self, count: int) -> None:
        self._file = nameless_file(self)
        self._file.truncate(max(1, count) * _WORD)
        self._map = mmap.mmap(self._file.fileno(), max(1, count) * _WORD)
        self.numbers: Ints = np.frombuffer(self._map, np.int64)[:count]

    def release(self) -> None:
        """Let the pages go from memory; they are read again when they are asked for."""
        let_go(self._map)


def let_go(mapped: mmap.mmap) -> None:
    """Give the memory of a mapped file back; nothing of it is lost."""
    if hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
