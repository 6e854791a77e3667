"""The index of a pack: match key to the rows that have it, in pack order, at a cost that does not grow with the pack.

Keys are sorted, and a directory over their leading bits points into them, so that a look-up reads one short bucket.
The whole index is a handful of flat arrays of about 30 bytes a row.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartsandbox.replay_engine.arrays import Add, Parts, cells, read_cells

_HALVES = struct.Struct(">QQ")
_PARTS = {"directory": "i", "high": "Q", "low": "Q", "first": "i", "order": "i"}


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """Groups of rows with one key. A group is a number, counted in key order."""

    shift: int
    directory: memoryview
    high: memoryview
    low: memoryview
    first: memoryview
    order: memoryview

    def find(self, key: bytes) -> int:
        """The group of a 16-byte key, or -1."""
        high, low = _HALVES.unpack(key)
        bucket = high >> self.shift
        for group in range(self.directory[bucket], self.directory[bucket + 1]):
            if self.high[group] == high and self.low[group] == low:
                return group
        return -1

    def __len__(self) -> int:
        return len(self.first) - 1

    def size(self, group: int) -> int:
        """How many rows share the key."""
        return int(self.first[group + 1] - self.first[group])

    def row(self, group: int) -> int:
        """The first row of a group."""
        return int(self.order[self.first[group]])

    def rows(self, group: int) -> list[int]:
        """All rows of a group in pack order."""
        return self.order[self.first[group] : self.first[group + 1]].tolist()

    def groups(self) -> npt.NDArray[np.int32]:
        """The group of every row."""
        found = np.empty(len(self.order), np.int32)
        found[np.asarray(self.order)] = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.first))
        return found

    def write(self, add: Add, prefix: str = "index") -> None:
        """Add the index as parts whose names begin with `prefix`."""
        for name in _PARTS:
            add(f"{prefix}.{name}", [getattr(self, name)])

    @staticmethod
    def read(parts: Parts, prefix: str = "index") -> KeyIndex:
        """What `write` added."""
        found = {name: read_cells(parts, f"{prefix}.{name}", kind) for name, kind in _PARTS.items()}
        return KeyIndex(shift=_shift(len(found["directory"])), **found)

    @staticmethod
    def build(keys: npt.NDArray[np.uint64]) -> KeyIndex:
        """From key halves, shape (rows, 2)."""
        order = np.lexsort((keys[:, 1], keys[:, 0])).astype(np.int32)  # stable: pack order within a key
        ordered = keys[order]
        changes = np.any(ordered[1:] != ordered[:-1], axis=1)
        first = np.flatnonzero(np.concatenate([[len(order) > 0], changes])) if len(order) else np.zeros(0, np.int64)
        distinct = ordered[first]
        bits = max(1, len(distinct).bit_length())
        edges = np.arange(2**bits + 1, dtype=np.uint64)
        buckets = np.ascontiguousarray(distinct[:, 0]) >> np.uint64(64 - bits)
        return KeyIndex(
            shift=_shift(len(edges)),
            directory=cells(np.searchsorted(buckets, edges).astype(np.int32)),
            high=cells(distinct[:, 0]),
            low=cells(distinct[:, 1]),
            first=cells(np.append(first, len(order)).astype(np.int32)),
            order=cells(order),
        )


def _shift(edges: int) -> int:
    """From the number of edges of the directory, which is a power of two and one."""
    return 65 - edges.bit_length()
