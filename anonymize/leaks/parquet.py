"""The texts in a Parquet file, as they are once its pages are unpacked, with column and row group."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

_ROWS = 2048
_CAN_BE_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_decimal)
_IS_BYTES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
_IS_LIST = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)


def parquet_texts(file: IO[bytes]) -> Iterator[tuple[str, int, bytes]]:
    """(column, row group counted from 0, value) of every text, byte string and integer, at any depth.

    A value is given once a batch. Raises ArrowException, OSError or ValueError for what is no readable Parquet.
    """
    table = pq.ParquetFile(_seekable_from_its_end(file))
    for group in range(table.num_row_groups):
        for batch in table.iter_batches(batch_size=_ROWS, row_groups=[group]):
            for column, values in zip(batch.schema.names, batch.columns, strict=True):
                yield from ((column, group, value) for value in texts_of(values))


def _seekable_from_its_end(file: IO[bytes]) -> IO[bytes]:
    """The file itself if it is on disk; what stands in an archive is unpacked into memory."""
    return file if isinstance(file, io.BufferedReader) else io.BytesIO(file.read())


def texts_of(values: Any) -> Iterator[bytes]:
    """The distinct texts in an Arrow array, also inside its lists, structs, maps and dictionaries."""
    kind = values.type
    if pa.types.is_struct(kind):
        parts = values.flatten()
    elif pa.types.is_map(kind):
        parts = [values.keys, values.items]
    elif any(is_list(kind) for is_list in _IS_LIST):
        parts = [values.flatten()]
    elif pa.types.is_dictionary(kind):
        parts = [values.dictionary]
    else:
        yield from _plain_texts(values)
        return
    for part in parts:
        yield from texts_of(part)


def _plain_texts(values: Any) -> Iterator[bytes]:
    if any(can_be(values.type) for can_be in _CAN_BE_TEXT):
        values = values.cast(pa.large_string()).cast(pa.large_binary())
    if any(is_bytes(values.type) for is_bytes in _IS_BYTES):
        yield from (value for value in values.unique().to_pylist() if value)
