"""Which fields the recorded request of a row had, read from the pack when somebody asks.

The file is opened before serving and stays open, so that it is that of the pack which was checked, whatever becomes of
the folder.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

_GROUPS = 4
_REMEMBERED = 65_536


class RecordedFields:
    """The request headers of a pack, read by row group. The last few groups are kept, and what was asked of them."""

    def __init__(self, folder: Path) -> None:
        self._file = pq.ParquetFile(folder / "exchanges.parquet", memory_map=True)
        metadata = self._file.metadata
        counts = (metadata.row_group(group).num_rows for group in range(metadata.num_row_groups))
        self._starts = [0, *accumulate(counts)]
        self._kept: OrderedDict[int, Any] = OrderedDict()
        self._known: dict[tuple[int, tuple[str, ...]], bool] = {}

    def has(self, row: int, *names: str) -> bool:
        """True if the request had one of these fields, named in lower case."""
        known = self._known.get((row, names))
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[row, names] = any(line["name"].lower() in names for line in self._headers(row))
        return known

    def _headers(self, row: int) -> list[dict[str, str]]:
        group = bisect_right(self._starts, row) - 1
        return self._group(group)[row - self._starts[group]].as_py() or []

    def _group(self, group: int) -> Any:
        if group not in self._kept:
            self._kept[group] = self._file.read_row_group(group, columns=["request_headers"])["request_headers"]
            if len(self._kept) > _GROUPS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(group)
        return self._kept[group]
