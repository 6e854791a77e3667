"""One way to write Parquet, so that equal rows give equal bytes under one pinned tool set.

Fixed compression, row-group size and statistics, no writer metadata from pandas, written aside and renamed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 64 * 1024


def write_table(table: pa.Table, path: Path, metadata: dict[str, str] | None = None) -> None:
    """Write `table` to `path` deterministically; key-value `metadata` replaces whatever the schema carried."""
    write_batches(table.schema, table.combine_chunks().to_batches(max_chunksize=ROW_GROUP), path, metadata)


def write_batches(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch], path: Path, metadata: dict[str, str] | None = None
) -> int:
    """Write batches as they come, one row group a batch; returns the number of rows. Replaces `path` atomically."""
    clean = schema.with_metadata(dict(sorted((metadata or {}).items())) or None)
    aside = path.with_name(path.name + ".part")
    rows = 0
    with pq.ParquetWriter(aside, clean, compression="zstd", compression_level=3, write_statistics=True) as writer:
        for batch in batches:
            writer.write_batch(batch.replace_schema_metadata(clean.metadata), row_group_size=ROW_GROUP)
            rows += batch.num_rows
    aside.replace(path)
    return rows
