"""The canonical bytes of many rows of a trace at once, column by column: what `digested` gives for each of them.

Equal cells of a column are written once. That is several times faster than row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

import pyarrow as pa

from smartsandbox.packs.canonical import Pieces, canonical_json
from smartsandbox.packs.schema import HEADERS
from smartsandbox.packs.trace_batches import cells, headers_of, rows_in
from smartsandbox.packs.trace_rows import TRACE_SCHEMA, digested, is_long_body, longest_of

K = TypeVar("K", bound=Hashable)
_NAMES = sorted(set(TRACE_SCHEMA.names) - {"messages"})
"""What every row has. A row with messages is written by itself."""
_ROW = b"{%b}" % b",".join(canonical_json(name) + b":%b" for name in _NAMES)


def canonical_rows(batch: pa.RecordBatch) -> Iterator[tuple[bytes | Pieces, int]]:
    """What is digested of each row of a batch with the columns of a trace, and about how many bytes the row takes."""
    if batch.column("messages").null_count < len(batch) or _has_long_bodies(batch):
        return map(_by_itself, rows_in(batch))
    fragments = [_fragments(batch.column(name)) for name in _NAMES]
    return ((row, len(row)) for row in map(_ROW.__mod__, zip(*fragments, strict=True)))


def _has_long_bodies(batch: pa.RecordBatch) -> bool:
    bodies = (body for name in ("request_body", "response_body") for body in cells(batch.column(name)))
    return any(body is not None and is_long_body(body) for body in bodies)


def _by_itself(row: dict[str, object]) -> tuple[bytes | Pieces, int]:
    content = digested(row)
    return content, len(content) if isinstance(content, bytes) else longest_of(row)


def _fragments(column: pa.Array) -> Iterable[bytes]:
    """The cells of a column as JSON."""
    if column.type != HEADERS:
        return _each(cells(column), _bytes if pa.types.is_large_binary(column.type) else canonical_json)
    lines = headers_of(column)
    known = {pair: _line(*pair) for headers in lines for pair in headers}
    written = [b"[%b]" % b",".join([known[pair] for pair in headers]) for headers in lines]
    if not column.null_count:
        return written
    return [one if is_known else b"null" for one, is_known in zip(written, column.is_valid().to_pylist(), strict=True)]


def _each(values: list[K], write: Callable[[K], bytes]) -> Iterable[bytes]:
    known = {value: write(value) for value in set(values)}
    return map(known.__getitem__, values)


def _bytes(content: bytes | None) -> bytes:
    return b"null" if content is None else canonical_json(content.decode("latin-1"))


def _line(name: str, value: str) -> bytes:
    return canonical_json({"name": name, "value": value})
