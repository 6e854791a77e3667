"""The trace file: exchanges as Parquet, partitioned by service and day, with a small `trace.json` beside them.

    TRACE/trace.json                                  format, kind, counts, ledger
    TRACE/service=payments/day=2026-01-31/part-0.parquet

A raw trace is never published. An anonymised trace has the same columns, `endpoint` filled in, and a certificate
(see `certificate`). Rows are in the order of (started_us, id) inside a partition.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
from smartsandbox.packs.parquet import write_table

TRACE_FORMAT = 1
META_FILE = "trace.json"
RAW = "raw"
ANONYMISED = "anonymised"

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
        """Every exchange in order of (started_us, id), streamed: one record batch of each service in memory."""
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
            for batch in file.iter_batches(batch_size=2048):
                for row in batch.to_pylist():
                    yield from_row(row)


def row_bytes(exchange: Exchange) -> bytes:
    """The canonical bytes of one row, for digests. Bodies enter by their Latin-1 reading, which loses nothing."""
    row = to_row(exchange)
    for name in ("request_body", "response_body"):
        if row[name] is not None:
            row[name] = row[name].decode("latin-1")
    return canonical_json(row)


def day_of(started_us: int) -> str:
    """The UTC calendar day of a start time, "YYYY-MM-DD"."""
    return datetime.fromtimestamp(started_us / 1_000_000, UTC).strftime("%Y-%m-%d")


def require_writable(path: Path) -> None:
    """Raises UsageError if a trace may not be written to `path`: something that is no trace stands there."""
    if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not (path / "trace.json").exists())):
        raise UsageError(f"{path} exists and is not a trace: choose another --out")


def write_trace(path: Path, exchanges: Iterable[Exchange], kind: str, ledger: Ledger) -> Trace:
    """Write a trace, replacing what is at `path`. Exchanges may come in any order; equal ids are an error.

    Written aside and renamed, so a reader sees the old trace or the new one. An existing folder is replaced only if it
    is empty or a trace.
    """
    require_writable(path)
    ordered = sorted(exchanges, key=lambda exchange: exchange.order)
    if len({exchange.id for exchange in ordered}) != len(ordered):
        raise UsageError("two exchanges have the same id: were the same captures given twice under different names?")
    with written_aside(path) as aside:
        _write_partitions(aside, ordered, kind)
        digest = digest_rows(map(row_bytes, ordered))
        meta = {
            "format": TRACE_FORMAT,
            "kind": kind,
            "count": len(ordered),
            "digest": digest,
            "services": sorted({exchange.service for exchange in ordered}),
            "ledger": ledger.to_json(),
        }
        (aside / "trace.json").write_bytes(pretty_json(meta))
    return Trace.open(path)


def _write_partitions(folder: Path, ordered: list[Exchange], kind: str) -> None:
    partitions: dict[tuple[str, str], list[Row]] = {}
    for exchange in ordered:
        partitions.setdefault((exchange.service, day_of(exchange.started_us)), []).append(to_row(exchange))
    for (service, day), rows in sorted(partitions.items()):
        part = folder / f"service={quote(service, safe='')}" / f"day={day}"
        part.mkdir(parents=True)
        write_table(pa.Table.from_pylist(rows, TRACE_SCHEMA), part / "part-0.parquet", {"smartsandbox.trace": kind})
