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
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from smartsandbox.packs.aside import written_aside
from smartsandbox.packs.canonical import canonical_json, digest_rows, pretty_json
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, FailureKind, Ledger, Request, Response
from smartsandbox.packs.parquet import BatchWriter
from smartsandbox.packs.sorted_rows import RUN_BYTES, RUN_ROWS, RowSorter, row_size

TRACE_FORMAT = 1
META_FILE = "trace.json"
RAW = "raw"
ANONYMISED = "anonymised"
_BATCH_ROWS, _BATCH_BYTES = 1024, 8 * 1024 * 1024

_HEADERS = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))

TRACE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("service", pa.string()),
        ("started_us", pa.int64()),
        ("session", pa.string()),
        ("endpoint", pa.string()),
        ("method", pa.string()),
        ("scheme", pa.string()),
        ("host", pa.string()),
        ("path", pa.string()),
        ("query", pa.string()),
        ("request_headers", _HEADERS),
        ("request_body", pa.large_binary()),
        ("status", pa.int16()),
        ("reason", pa.string()),
        ("response_headers", _HEADERS),
        ("response_body", pa.large_binary()),
        ("failure", pa.string()),
        ("ttfb_us", pa.int64()),
        ("total_us", pa.int64()),
        ("caused_by", pa.string()),
        ("source", pa.string()),
    ]
)

Row = dict[str, Any]


def to_row(exchange: Exchange) -> Row:
    """An exchange as a flat row with the columns of TRACE_SCHEMA. A missing response leaves `status` null."""
    request, response = exchange.request, exchange.response
    return {
        "id": exchange.id,
        "service": exchange.service,
        "started_us": exchange.started_us,
        "session": exchange.session,
        "endpoint": exchange.endpoint,
        "method": request.method,
        "scheme": request.scheme,
        "host": request.host,
        "path": request.path,
        "query": request.query,
        "request_headers": [{"name": n, "value": v} for n, v in request.headers],
        "request_body": request.body,
        "status": response.status if response else None,
        "reason": response.reason if response else None,
        "response_headers": [{"name": n, "value": v} for n, v in response.headers] if response else None,
        "response_body": response.body if response else None,
        "failure": exchange.failure.value if exchange.failure else None,
        "ttfb_us": exchange.ttfb_us,
        "total_us": exchange.total_us,
        "caused_by": exchange.caused_by,
        "source": exchange.source,
    }


def from_row(row: Row) -> Exchange:
    """The inverse of `to_row`."""
    response = None
    if row["status"] is not None:
        response = Response(row["status"], row["reason"] or "", _pairs(row["response_headers"]), row["response_body"])
    request = Request(
        row["method"],
        row["scheme"],
        row["host"],
        row["path"],
        row["query"],
        _pairs(row["request_headers"]),
        row["request_body"],
    )
    return Exchange(
        id=row["id"],
        service=row["service"],
        started_us=row["started_us"],
        request=request,
        response=response,
        failure=FailureKind(row["failure"]) if row["failure"] else None,
        ttfb_us=row["ttfb_us"],
        total_us=row["total_us"],
        session=row["session"],
        endpoint=row["endpoint"],
        caused_by=row["caused_by"],
        source=row["source"],
    )


def _pairs(headers: list[dict[str, str]] | None) -> tuple[tuple[str, str], ...]:
    return tuple((h["name"], h["value"]) for h in headers or ())


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
        return heapq.merge(*streams, key=lambda exchange: exchange.order)

    def recomputed_digest(self) -> str:
        """The digest of what is on disk now; equal to `digest` unless a file was changed."""
        return digest_rows(row_bytes(exchange) for exchange in self.exchanges())


def _stream(parts: list[Path]) -> Iterator[Exchange]:
    for part in parts:
        with pq.ParquetFile(part) as file:
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(_rows_at_once(file.metadata.row_group(group)), row_groups=[group]):
                    yield from map(from_row, batch.to_pylist())


def _rows_at_once(group: pq.RowGroupMetaData) -> int:
    """Rows of a group to read at a time: as many as stay under the limit in bytes, and one at least."""
    each = max(1, int(group.total_byte_size) // max(1, int(group.num_rows)))
    return max(1, min(_BATCH_ROWS, _BATCH_BYTES // each))


def row_bytes(exchange: Exchange) -> bytes:
    """The canonical bytes of one row, for digests. Bodies enter by their Latin-1 reading, which loses nothing."""
    return _canonical(to_row(exchange))


def _canonical(row: Row) -> bytes:
    return canonical_json({n: v.decode("latin-1") if isinstance(v, bytes) else v for n, v in row.items()})


def day_of(started_us: int) -> str:
    """The UTC calendar day of a start time, "YYYY-MM-DD"."""
    return datetime.fromtimestamp(started_us / 1_000_000, UTC).strftime("%Y-%m-%d")


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
        sorter = RowSorter(TRACE_SCHEMA, runs)
        for exchange in exchanges:
            sorter.add(to_row(exchange))
        if sorter.has_equal_ids():
            raise UsageError(
                "two exchanges have the same id: were the same captures given twice under different names?"
            )
        parts = _Partitions(aside, kind)
        digest = digest_rows(map(parts.take, sorter.rows()))
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


class _Partitions:
    """Writes rows that come in trace order to the partition of their service and day, in row groups of bounded size."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._folder, self._metadata = folder, {"smartsandbox.trace": kind}
        self._open: dict[str, _Part] = {}

    @property
    def services(self) -> Iterable[str]:
        """The services seen so far."""
        return self._open.keys()

    def take(self, row: Row) -> bytes:
        """Write one row; returns its canonical bytes."""
        service, day = row["service"], day_of(row["started_us"])
        part = self._open.get(service)
        if part is None or part.day != day:
            if part is not None:
                part.close()
            part = self._open[service] = self._begun(service, day)
        part.add(row)
        return _canonical(row)

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
