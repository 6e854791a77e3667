"""External sort: exchanges of any number as rows in order of (started_us, id), in bounded memory.

Exchanges are gathered into runs; a full run is sorted and written to a file, and the files merge when the rows are
read, many rows at a time. A run is opened only when the merge has come to its first row, so exchanges that arrive
nearly in order keep few runs open. What fits in one run never touches the disk.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace_batches import batch_of, cells

RUN_ROWS = 4096
RUN_BYTES = 16 * 1024 * 1024
_READ_ROWS = 128
"""Rows of one run in memory while runs are merged."""

_PER_MESSAGE = 100
"""Bytes that a message takes beside its payload."""

Key = tuple[int, str]
_IDS = pa.schema([("id", pa.string())])
_in_order = attrgetter("order")


def size_of(exchange: Exchange) -> int:
    """About how many bytes an exchange takes: its bodies and messages, and its header lines."""
    request, response = exchange.request, exchange.response
    size, lines = len(request.body) + len(request.path) + len(request.query), request.headers
    if response is not None:
        size, lines = size + len(response.body), lines + response.headers
    if exchange.messages:
        size += sum(len(one.payload) + _PER_MESSAGE for one in exchange.messages)
    return size + sum([len(name) + len(value) for name, value in lines])


def keys_of(batch: pa.RecordBatch) -> list[Key]:
    """The places of rows in a trace."""
    return list(zip(cells(batch.column("started_us")), cells(batch.column("id")), strict=True))


@dataclass(frozen=True, slots=True)
class _Run:
    first: Key
    path: Path

    @property
    def ids(self) -> Path:
        return self.path.with_suffix(".ids")


@dataclass(slots=True)
class RowSorter:
    """Takes exchanges in any order and gives rows in order. `folder` is made when the first run is written."""

    folder: Path
    run_rows: int = RUN_ROWS
    run_bytes: int = RUN_BYTES
    count: int = 0
    _fresh: list[Exchange] = field(default_factory=list)
    _bytes: int = 0
    _runs: list[_Run] = field(default_factory=list)

    def add(self, exchange: Exchange) -> None:
        """Take one exchange."""
        self._fresh.append(exchange)
        self._bytes += size_of(exchange)
        self.count += 1
        if len(self._fresh) >= self.run_rows or self._bytes >= self.run_bytes:
            self._spill()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in order, in batches of any size. May be asked for again."""
        self._fresh.sort(key=_in_order)
        streams = [_Stream(run.first, _read(run.path)) for run in self._runs]
        if self._fresh:
            streams.append(_Stream(self._fresh[0].order, _cut(self._fresh)))
        return _merged(streams)

    def has_equal_ids(self) -> bool:
        """True if any two rows have one id."""
        fresh = sorted(exchange.id for exchange in self._fresh)
        ids = heapq.merge(fresh, *(_ids_of(run) for run in self._runs))
        return any(one == other for one, other in pairwise(ids))

    def _spill(self) -> None:
        self._fresh.sort(key=_in_order)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        run = _Run(self._fresh[0].order, self.folder / f"run-{len(self._runs)}")
        _write(run.path, _cut(self._fresh))
        ids = pa.array(sorted(exchange.id for exchange in self._fresh), pa.string())
        _write(run.ids, (_ids(ids[at : at + _READ_ROWS]) for at in range(0, len(ids), _READ_ROWS)))
        self._runs.append(run)
        self._fresh, self._bytes = [], 0


def _ids(ids: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([ids], schema=_IDS)


class _Stream:
    """A sorted run while it is merged: the rows at hand and their keys, and where the next ones come from."""

    def __init__(self, first: Key, batches: Iterator[pa.RecordBatch]) -> None:
        self.first, self._batches = first, batches
        self.keys: list[Key] = []
        self._rows: Any = None
        self._at = 0

    def has_more(self) -> bool:
        """True if there are rows at hand; what is used up is replaced."""
        if self._at < len(self.keys):
            return True
        self._rows = next(self._batches, None)
        self.keys, self._at = ([] if self._rows is None else keys_of(self._rows)), 0
        return bool(self.keys)

    def take(self, most: Key | None, before: Key | None) -> tuple[list[Key], pa.RecordBatch]:
        """The rows at hand up to `most`, and without those from `before` on; all of them if neither is given."""
        end = len(self.keys) if most is None else bisect_right(self.keys, most, self._at)
        while before is not None and end > self._at and self.keys[end - 1] > before:
            end -= 1
        start, self._at = self._at, end
        return self.keys[start:end], self._rows.slice(start, end - start)


def _merged(waiting: list[_Stream]) -> Iterator[pa.RecordBatch]:
    """Whatever no other run can have an earlier row than, again and again. A run is read no sooner than it is due."""
    waiting.sort(key=lambda stream: stream.first, reverse=True)
    streams: list[_Stream] = []
    while True:
        streams = [stream for stream in streams if stream.has_more()]
        while waiting and (not streams or waiting[-1].first <= min(stream.keys[-1] for stream in streams)):
            streams.append(waiting.pop())
            streams[-1].has_more()
        if not streams:
            return
        most = min(stream.keys[-1] for stream in streams)
        before = waiting[-1].first if waiting else None
        found = [stream.take(most, before) for stream in streams]
        yield _in_one([one for one in found if one[0]])


def _in_one(found: list[tuple[list[Key], pa.RecordBatch]]) -> pa.RecordBatch:
    """The rows of several sorted batches in order."""
    if len(found) == 1:
        return found[0][1]
    keys = [key for some, _ in found for key in some]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return pa.concat_batches([batch for _, batch in found]).take(pa.array(order, pa.int64()))


def _cut(exchanges: list[Exchange]) -> Iterator[pa.RecordBatch]:
    return (batch_of(exchanges[at : at + _READ_ROWS]) for at in range(0, len(exchanges), _READ_ROWS))


def _write(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    with pa.OSFile(str(path), "wb") as sink:
        rows = iter(batches)
        first = next(rows)
        with pa.ipc.new_stream(sink, first.schema) as writer:
            writer.write_batch(first)
            for batch in rows:
                writer.write_batch(batch)


def _ids_of(run: _Run) -> Iterator[str]:
    return (name for batch in _read(run.ids) for name in cells(batch.column("id")))


def _read(path: Path) -> Iterator[pa.RecordBatch]:
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_stream(source) as reader:
        yield from reader
