"""One way to write Parquet, so that equal rows give equal bytes under one pinned tool set.

Fixed compression, row-group size and statistics, no writer metadata from pandas, written aside and renamed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Self

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
    with BatchWriter(schema, path, metadata) as writer:
        for batch in batches:
            writer.write(batch)
    return writer.rows


class BatchWriter:
    """A Parquet file that is given its batches one by one. It takes its place when the block ends without an error."""

    def __init__(self, schema: pa.Schema, path: Path, metadata: dict[str, str] | None = None) -> None:
        self._schema = schema.with_metadata(dict(sorted((metadata or {}).items())) or None)
        self._path, self._aside = path, path.with_name(path.name + ".part")
        self._writer = pq.ParquetWriter(
            self._aside, self._schema, compression="zstd", compression_level=3, write_statistics=True
        )
        self.rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """One more row group."""
        self._writer.write_batch(batch.replace_schema_metadata(self._schema.metadata), row_group_size=ROW_GROUP)
        self.rows += batch.num_rows

    def close(self) -> None:
        """Finish the file and put it in its place."""
        self._writer.close()
        self._aside.replace(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self.close()
        else:
            self._writer.close()
