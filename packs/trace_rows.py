"""A row of a trace: its columns, an exchange as a row, and its canonical bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa

from smartsandbox.packs.canonical import Pieces, canonical_json
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.schema import HEADERS, MESSAGE, header_rows, message_rows

_PIECE = 1024 * 1024
"""Bytes of a body; a longer one is digested in pieces of that many."""

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
        ("request_headers", HEADERS),
        ("request_body", pa.large_binary()),
        ("status", pa.int16()),
        ("reason", pa.string()),
        ("response_headers", HEADERS),
        ("response_body", pa.large_binary()),
        ("failure", pa.string()),
        ("ttfb_us", pa.int64()),
        ("total_us", pa.int64()),
        ("caused_by", pa.string()),
        ("source", pa.string()),
        ("messages", pa.list_(MESSAGE)),
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
        "request_headers": header_rows(request.headers),
        "request_body": request.body,
        "status": response.status if response else None,
        "reason": response.reason if response else None,
        "response_headers": header_rows(response.headers) if response else None,
        "response_body": response.body if response else None,
        "failure": exchange.failure.value if exchange.failure else None,
        "ttfb_us": exchange.ttfb_us,
        "total_us": exchange.total_us,
        "caused_by": exchange.caused_by,
        "source": exchange.source,
        "messages": None if exchange.messages is None else message_rows(exchange.messages),
    }


def row_bytes(exchange: Exchange) -> bytes:
    """The canonical bytes of one row, for digests. Bodies enter by their Latin-1 reading, which loses nothing."""
    return _canonical(to_row(exchange))


def _canonical(row: Row) -> bytes:
    plain = {n: v.decode("latin-1") if isinstance(v, bytes) else v for n, v in row.items()}
    _put_messages(plain)
    return canonical_json(plain)


def _put_messages(row: Row) -> None:
    """Plain HTTP has no such field, so that its rows have the bytes that they had before there was one."""
    messages = row.pop("messages", None)
    if messages is not None:
        row["messages"] = [{**one, "payload": one["payload"].decode("latin-1")} for one in messages]


def is_long_body(body: bytes) -> bool:
    """True if a row with this body is digested in pieces."""
    return len(body) > _PIECE


def digested(row: Row) -> bytes | Pieces:
    """The canonical bytes of a row, in pieces if a body is long."""
    is_long = any(isinstance(value, bytes) and is_long_body(value) for value in row.values())
    return partial(_pieces, row) if is_long else _canonical(row)


def longest_of(row: Row) -> int:
    """The length of the longest body in a row, or of all its messages if those are longer."""
    bodies = [len(value) for value in row.values() if isinstance(value, bytes)]
    return max(*bodies, sum(len(one["payload"]) for one in row["messages"] or ()))


def _pieces(row: Row) -> Iterator[bytes]:
    """What `_canonical` gives: escapes in JSON concern one character each, so a text may be escaped part by part."""
    row = dict(row)
    _put_messages(row)
    for number, name in enumerate(sorted(row)):
        yield (b"," if number else b"{") + canonical_json(name) + b":"
        value = row[name]
        if isinstance(value, bytes):
            yield b'"'
            for start in range(0, len(value), _PIECE):
                yield canonical_json(value[start : start + _PIECE].decode("latin-1"))[1:-1]
            yield b'"'
        else:
            yield canonical_json(value)
    yield b"}"


def day_of(started_us: int) -> str:
    """The UTC calendar day of a start time, "YYYY-MM-DD"."""
    return datetime.fromtimestamp(started_us / 1_000_000, UTC).strftime("%Y-%m-%d")
