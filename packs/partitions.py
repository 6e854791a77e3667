"""The Parquet files of a trace: one for each service and day, in row groups of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from smartsandbox.packs.canonical import Pieces
from smartsandbox.packs.canonical_rows import canonical_rows
from smartsandbox.packs.parquet import BatchWriter
from smartsandbox.packs.sorted_rows import RUN_BYTES, RUN_ROWS
from smartsandbox.packs.trace_batches import cells
from smartsandbox.packs.trace_rows import TRACE_SCHEMA, day_of

_DAY_US = 86_400_000_000


class Partitions:
    """Writes rows that come in trace order to the partition of their service and day, in row groups of bounded size."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._folder, self._metadata = folder, {"smartsandbox.trace": kind}
        self._open: dict[str, _Part] = {}

    @property
    def services(self) -> Iterable[str]:
        """The services seen so far."""
        return self._open.keys()

    def take(self, batch: pa.RecordBatch) -> Iterator[bytes | Pieces]:
        """Write the rows of a batch one by one; gives what of each is digested."""
        services, starts = cells(batch.column("service")), cells(batch.column("started_us"))
        for at, (service, started_us, (content, size)) in enumerate(
            zip(services, starts, canonical_rows(batch), strict=True)
        ):
            self._part(service, started_us).add(batch, at, size)
            yield content

    def _part(self, service: str, started_us: int) -> _Part:
        part, day = self._open.get(service), started_us // _DAY_US
        if part is None or part.day != day:
            if part is not None:
                part.close()
            folder = self._folder / f"service={quote(service, safe='')}" / f"day={day_of(started_us)}"
            folder.mkdir(parents=True)
            part = _Part(day, BatchWriter(TRACE_SCHEMA, folder / "part-0.parquet", self._metadata))
            self._open[service] = part
        return part

    def close(self) -> None:
        """Finish every file."""
        for part in self._open.values():
            part.close()


class _Part:
    """One file. Where its row groups end is a function of its rows alone, however they were batched."""

    def __init__(self, day: int, writer: BatchWriter) -> None:
        self.day, self._writer = day, writer
        self._pieces: list[pa.RecordBatch] = []
        self._rows = self._size = 0
        self._batch: pa.RecordBatch | None = None
        self._start = self._end = 0
        """Rows of the batch at hand that are not among the pieces yet."""

    def add(self, batch: pa.RecordBatch, at: int, size: int) -> None:
        """One more row, of about that many bytes."""
        if batch is not self._batch or at != self._end:
            self._cut()
            self._batch, self._start = batch, at
        self._end = at + 1
        self._rows += 1
        self._size += size
        if self._rows >= RUN_ROWS or self._size >= RUN_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _cut(self) -> None:
        if self._batch is not None:
            self._pieces.append(self._batch.slice(self._start, self._end - self._start))
            self._batch = None

    def _flush(self) -> None:
        self._cut()
        if self._pieces:
            self._writer.write(pa.concat_batches(self._pieces))
        self._pieces, self._rows, self._size = [], 0, 0
