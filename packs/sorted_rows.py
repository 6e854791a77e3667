"""External sort: rows of any number in order of (started_us, id), in bounded memory.

Rows are gathered into runs; a full run is sorted and written to a file, and the files merge when the rows are read.
A run is opened only when the merge has come to its first row, so rows that arrive nearly in order keep few runs open.
What fits in one run never touches the disk.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

RUN_ROWS = 4096
RUN_BYTES = 16 * 1024 * 1024
_READ_ROWS = 64
"""Rows of one run in memory while runs are merged."""
_READ_IDS = 128

Row = dict[str, Any]
Key = tuple[int, str]
_IDS = pa.schema([("id", pa.string())])


def row_size(row: Row) -> int:
    """About how many bytes a row of a trace takes: its bodies, and its header lines with what Python adds to them."""
    bodies = len(row["request_body"] or b"") + len(row["response_body"] or b"")
    lines = [*(row["request_headers"] or ()), *(row["response_headers"] or ())]
    return bodies + sum(len(line["name"]) + len(line["value"]) for line in lines) + len(row["path"]) + len(row["query"])


def key_of(row: Row) -> Key:
    """The place of a row in a trace."""
    return row["started_us"], row["id"]


@dataclass(frozen=True, slots=True)
class _Run:
    first: Key
    path: Path

    @property
    def ids(self) -> Path:
        return self.path.with_suffix(".ids")


@dataclass(slots=True)
class RowSorter:
    """Takes rows in any order and gives them back in order. `folder` is made when the first run is written."""

    schema: pa.Schema
    folder: Path
    run_rows: int = RUN_ROWS
    run_bytes: int = RUN_BYTES
    count: int = 0
    _rows: list[Row] = field(default_factory=list)
    _bytes: int = 0
    _runs: list[_Run] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Take one row."""
        self._rows.append(row)
        self._bytes += row_size(row)
        self.count += 1
        if len(self._rows) >= self.run_rows or self._bytes >= self.run_bytes:
            self._spill()

    def rows(self) -> Iterator[Row]:
        """All rows in order. May be asked for again."""
        self._rows.sort(key=key_of)
        if not self._runs:
            return iter(self._rows)
        return _merged(self._runs, self._rows)

    def has_equal_ids(self) -> bool:
        """True if any two rows have one id."""
        fresh = sorted(row["id"] for row in self._rows)
        ids = heapq.merge(fresh, *(_ids_of(run) for run in self._runs))
        return any(one == other for one, other in pairwise(ids))

    def _spill(self) -> None:
        self._rows.sort(key=key_of)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        run = _Run(key_of(self._rows[0]), self.folder / f"run-{len(self._runs)}")
        _write(run.path, self.schema, self._rows, _READ_ROWS)
        _write(run.ids, _IDS, sorted(({"id": row["id"]} for row in self._rows), key=itemgetter("id")), _READ_IDS)
        self._runs.append(run)
        self._rows, self._bytes = [], 0


def _merged(runs: Iterable[_Run], fresh: list[Row]) -> Iterator[Row]:
    """`heapq.merge` that opens a run no sooner than its first row is due."""
    waiting = sorted(runs, key=lambda run: run.first, reverse=True)
    streams: list[tuple[Key, int, Row, Iterator[Row]]] = []
    _push(streams, iter(fresh), 0)
    while waiting or streams:
        while waiting and (not streams or waiting[-1].first <= streams[0][0]):
            _push(streams, _rows_of(waiting.pop()), len(waiting) + 1)
        _, number, row, stream = heapq.heappop(streams)
        yield row
        _push(streams, stream, number)


def _push(streams: list[tuple[Key, int, Row, Iterator[Row]]], stream: Iterator[Row], number: int) -> None:
    row = next(stream, None)
    if row is not None:
        heapq.heappush(streams, (key_of(row), number, row, stream))


def _write(path: Path, schema: pa.Schema, rows: list[Row], at_once: int) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, schema) as writer:
        for start in range(0, len(rows), at_once):
            writer.write_batch(pa.RecordBatch.from_pylist(rows[start : start + at_once], schema))


def _rows_of(run: _Run) -> Iterator[Row]:
    return _read(run.path)


def _ids_of(run: _Run) -> Iterator[str]:
    return (row["id"] for row in _read(run.ids))


def _read(path: Path) -> Iterator[Row]:
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_stream(source) as reader:
        for batch in reader:
            yield from batch.to_pylist()
