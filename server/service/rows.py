"""Rows of a Parquet file as JSON can hold them, read only as far as they are asked for."""

from __future__ import annotations

import base64
import math
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 1024


def window(file: pq.ParquetFile, offset: int, limit: int) -> list[dict[str, Any]]:
    """Rows [offset, offset + limit), reading no more batches than it takes."""
    rows: list[dict[str, Any]] = []
    start = 0
    for batch in file.iter_batches(batch_size=BATCH):
        if start + len(batch) > offset:
            part: pa.RecordBatch = batch.slice(max(0, offset - start), limit - len(rows))
            rows.extend(part.to_pylist())
        start += len(batch)
        if len(rows) >= limit:
            break
    return rows


def plain(value: Any) -> Any:
    """A value that JSON can hold. Not-a-number has no JSON form and becomes null."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Decimal) else value
