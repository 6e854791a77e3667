"""The Parquet files of a trace: one for each service and day, in row groups of bounded size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from smartsandbox.packs.canonical import Pieces
from smartsandbox.packs.parquet import BatchWriter
from smartsandbox.packs.sorted_rows import RUN_BYTES, RUN_ROWS, row_size
from smartsandbox.packs.trace_rows import TRACE_SCHEMA, Row, day_of, digested


class Partitions:
    """Writes rows that come in trace order to the partition of their service and day, in row groups of bounded size."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._folder, self._metadata = folder, {"smartsandbox.trace": kind}
        self._open: dict[str, _Part] = {}

    @property
    def services(self) -> Iterable[str]:
        """The services seen so far."""
        return self._open.keys()

    def take(self, row: Row) -> bytes | Pieces:
        """Write one row; returns what of it is digested."""
        service, day = row["service"], day_of(row["started_us"])
        part = self._open.get(service)
        if part is None or part.day != day:
            if part is not None:
                part.close()
            part = self._open[service] = self._begun(service, day)
        part.add(row)
        return digested(row)

    def _begun(self, service: str, day: str) -> _Part:
        folder = self._folder / f"service={quote(service, safe='')}" / f"day={day}"
        folder.mkdir(parents=True)
        return _Part(day, BatchWriter(TRACE_SCHEMA, folder / "part-0.parquet", self._metadata))

    def close(self) -> None:
        """Finish every file."""
        for part in self._open.values():
            part.close()


@dataclass(slots=True)
class _Part:
    day: str
    writer: BatchWriter
    rows: list[Row] = field(default_factory=list)
    size: int = 0

    def add(self, row: Row) -> None:
        self.rows.append(row)
        self.size += row_size(row)
        if len(self.rows) >= RUN_ROWS or self.size >= RUN_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self.writer.close()

    def _flush(self) -> None:
        if self.rows:
            self.writer.write(pa.RecordBatch.from_pylist(self.rows, TRACE_SCHEMA))
        self.rows, self.size = [], 0
