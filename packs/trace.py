"""The trace file: exchanges as Parquet, partitioned by service and day, with a small `trace.json` beside them.

    TRACE/trace.json                                  format, kind, counts, ledger
    TRACE/service=payments/day=2026-01-31/part-0.parquet

A raw trace is never published. An anonymised trace has the same columns, `endpoint` filled in, and a certificate
(see `certificate`). Rows are in the order of (started_us, id) inside a partition.
"""

from __future__ import annotations

import heapq
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from smartsandbox.packs.aside import written_aside
from smartsandbox.packs.canonical import digest_rows, pretty_json
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, Ledger
from smartsandbox.packs.partitions import Partitions
from smartsandbox.packs.sorted_rows import RowSorter
from smartsandbox.packs.trace_batches import exchanges_in
from smartsandbox.packs.trace_rows import TRACE_SCHEMA, day_of, digested, row_bytes, to_row

__all__ = [
    "ANONYMISED", "RAW", "TRACE_FORMAT", "TRACE_SCHEMA", "Trace", "day_of", "require_writable",
    "row_bytes", "to_row", "write_trace",
]  # fmt: skip

TRACE_FORMAT = 2
"""2: has `messages`. Rows without any have the digest that they had in format 1."""
META_FILE = "trace.json"
RAW = "raw"
ANONYMISED = "anonymised"
_BATCH_ROWS, _BATCH_BYTES = 1024, 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace on disk. `kind` is "raw" or "anonymised"; `digest` is over all rows in trace order."""

    path: Path
    kind: str
    count: int
    digest: str
    ledger: dict[str, Any]
    services: tuple[str, ...]

    @staticmethod
    def open(path: Path) -> Trace:
        """Read `trace.json`. Raises UsageError if there is none or its format is newer than this program."""
        meta_file = path / "trace.json"
        if not meta_file.is_file():
            raise UsageError(f"no trace at {path}: trace.json is missing; make one with `smartsandbox import`")
        try:
            meta = orjson.loads(meta_file.read_bytes())
            found = meta["format"]
            if found > TRACE_FORMAT:
                raise UsageError(f"trace {path} has format {found}; this version reads up to {TRACE_FORMAT}: upgrade")
            return Trace(path, meta["kind"], meta["count"], meta["digest"], meta["ledger"], tuple(meta["services"]))
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise UsageError(f"trace {path}: trace.json is damaged ({type(error).__name__}); import again") from error

    def partitions(self) -> list[Path]:
        """The Parquet files, sorted by service and day."""
        return sorted(self.path.glob("service=*/day=*/part-*.parquet"))

    def exchanges(self) -> Iterator[Exchange]:
        """Every exchange in order of (started_us, id), streamed: a bounded batch of each service in memory."""
        by_service: dict[str, list[Path]] = {}
        for part in self.partitions():
            by_service.setdefault(part.parent.parent.name, []).append(part)
        streams = [_stream(parts) for parts in by_service.values()]
        if len(streams) == 1:
            return streams[0]
        return heapq.merge(*streams, key=lambda exchange: exchange.order)

    def recomputed_digest(self) -> str:
        """The digest of what is on disk now; equal to `digest` unless a file was changed."""
        return digest_rows(digested(to_row(exchange)) for exchange in self.exchanges())


def _stream(parts: list[Path]) -> Iterator[Exchange]:
    for part in parts:
        with pq.ParquetFile(part) as file:
            for group in range(file.num_row_groups):
                rows = _rows_at_once(file.metadata.row_group(group))
                for batch in file.iter_batches(rows, row_groups=[group], use_threads=False):
                    yield from exchanges_in(batch)


def _rows_at_once(group: pq.RowGroupMetaData) -> int:
    """Rows of a group to read at a time: as many as stay under the limit in bytes, and one at least."""
    each = max(1, int(group.total_byte_size) // max(1, int(group.num_rows)))
    return max(1, min(_BATCH_ROWS, _BATCH_BYTES // each))


def require_writable(path: Path) -> None:
    """Raises UsageError if a trace may not be written to `path`: something that is no trace stands there."""
    if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not (path / "trace.json").exists())):
        raise UsageError(f"{path} exists and is not a trace: choose another --out")


def write_trace(path: Path, exchanges: Iterable[Exchange], kind: str, ledger: Ledger) -> Trace:
    """Write a trace, replacing what is at `path`. Exchanges may come in any order; equal ids are an error.

    Memory is bounded: rows are sorted on disk, and row groups are limited in rows and in bytes.
    Written aside and renamed, so a reader sees the old trace or the new one. An existing folder is replaced only if it
    is empty or a trace.
    """
    require_writable(path)
    with written_aside(path) as aside:
        runs = aside / ".runs"
        sorter = RowSorter(runs)
        for exchange in exchanges:
            sorter.add(exchange)
        if sorter.has_equal_ids():
            raise UsageError(
                "two exchanges have the same id: were the same captures given twice under different names?"
            )
        parts = Partitions(aside, kind)
        digest = digest_rows(row for batch in sorter.batches() for row in parts.take(batch))
        parts.close()
        shutil.rmtree(runs, ignore_errors=True)
        meta = {
            "format": TRACE_FORMAT,
            "kind": kind,
            "count": sorter.count,
            "digest": digest,
            "services": sorted(parts.services),
            "ledger": ledger.to_json(),
        }
        (aside / "trace.json").write_bytes(pretty_json(meta))
    return Trace.open(path)
