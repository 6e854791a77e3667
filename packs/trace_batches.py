"""Exchanges out of batches of rows, column by column: several times faster than row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import compress, pairwise
from typing import Any

import pyarrow as pa

from smartsandbox.packs.model import Exchange, FailureKind, Headers, Request, Response

Keep = Callable[[str, str | None], bool]
"""Says by id and session whether an exchange is wanted."""


def exchanges_in(batch: pa.RecordBatch, keep: Keep | None = None) -> Iterator[Exchange]:
    """The exchanges of a batch that has the columns of a trace, in order; only those that are wanted are built."""
    if keep is not None:
        wanted = list(map(keep, cells(batch.column("id")), cells(batch.column("session"))))
        if not all(wanted):
            batch = batch.take(pa.array(list(compress(range(len(wanted)), wanted)), pa.int64()))
    columns = {name: batch.column(name) for name in batch.schema.names}
    asked, answered = headers_of(columns.pop("request_headers")), headers_of(columns.pop("response_headers"))
    flat = {name: cells(column) for name, column in columns.items()}
    requests = map(
        Request, flat["method"], flat["scheme"], flat["host"], flat["path"], flat["query"], asked, flat["request_body"]
    )
    responses = map(_response, flat["status"], flat["reason"], answered, flat["response_body"])
    return map(
        Exchange, flat["id"], flat["service"], flat["started_us"], requests, responses, map(_failure, flat["failure"]),
        flat["ttfb_us"], flat["total_us"], flat["session"], flat["endpoint"], flat["caused_by"], flat["source"],
    )  # fmt: skip


def _response(status: int | None, reason: str | None, headers: Headers, body: bytes) -> Response | None:
    return None if status is None else Response(status, reason or "", headers, body)


def _failure(kind: str | None) -> FailureKind | None:
    return FailureKind(kind) if kind else None


def headers_of(column: pa.Array) -> list[Headers]:
    """The header lines of each row; none where the list is null."""
    lines = column.values
    pairs = list(zip(_repeated(lines.field("name")), _repeated(lines.field("value")), strict=True))
    return [tuple(pairs[start:end]) for start, end in pairwise(column.offsets.tolist())]


def _repeated(texts: pa.Array) -> list[str]:
    """Texts of which many are equal: one object for all that are."""
    found = texts.dictionary_encode()
    known: list[str] = cells(found.dictionary)
    return [known[at] for at in found.indices.tolist()]


def cells(column: pa.Array) -> list[Any]:
    """What `to_pylist` gives for texts, bytes and whole numbers."""
    if column.null_count and pa.types.is_integer(column.type):
        return column.to_pylist()  # type: ignore[no-any-return]
    return column.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]
