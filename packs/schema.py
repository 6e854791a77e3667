"""The Arrow schemas of a pack's files. Changing one is a new pack format (see `manifest.PACK_FORMAT`)."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from smartsandbox.packs.model import Headers, Message, MessageKind

HEADERS = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))

MESSAGE = pa.struct(
    [
        ("sent", pa.bool_()),  # by the client
        ("at_us", pa.int64()),  # from the last byte of the handshake's answer
        ("kind", pa.string()),  # packs.model.MessageKind
        ("payload", pa.large_binary()),  # of a close its reason
        ("code", pa.int32()),  # of a close; null if it named none, and for all others
    ]
)

EXCHANGES = pa.schema(
    [
        ("offset_us", pa.int64()),  # from the pack's start; the schedule of driving; sorted by (offset_us, id)
        ("id", pa.string()),
        ("session", pa.string()),
        ("endpoint", pa.string()),
        ("method", pa.string()),
        ("scheme", pa.string()),
        ("host", pa.string()),
        ("path", pa.string()),
        ("query", pa.string()),
        ("request_headers", HEADERS),
        ("request_body", pa.string()),  # hash in bodies.parquet, null for an empty body
        ("key", pa.binary(16)),  # packs.key.match_key
        ("occurrence", pa.int32()),  # 0 for the first exchange of the pack with this key
        ("credential", pa.string()),  # packs.key.credential_of
        ("status", pa.int16()),  # null where nothing was answered
        ("reason", pa.string()),
        ("response_headers", HEADERS),
        ("response_body", pa.string()),
        ("failure", pa.string()),  # packs.model.FailureKind, null where the answer was complete
        ("ttfb_us", pa.int64()),  # null where the recorder did not know
        ("total_us", pa.int64()),
        ("caused_by", pa.string()),
    ]
)

BODIES = pa.schema(
    [
        ("hash", pa.string()),  # SHA-256 of the content; sorted, unique
        ("size", pa.int64()),
        ("content", pa.large_binary()),  # content coding undone
    ]
)

LINKS = pa.schema(
    [
        ("producer_endpoint", pa.string()),
        ("producer_pointer", pa.string()),  # a place of an answer, see packs.places
        ("consumer_endpoint", pa.string()),
        ("consumer_location", pa.string()),  # path, query, header, cookie, body
        ("consumer_pointer", pa.string()),  # name, or RFC 6901 into the request's body, see packs.slots
        ("support", pa.int64()),  # how many requests took their value from this producer
        ("confidence", pa.float64()),  # support over all requests of the consumer that fill this place
    ]
)

BINDINGS = pa.schema(
    [
        ("producer", pa.int32()),  # the place in exchanges.parquet of the answer that gives a value, from 0
        ("at", pa.string()),  # where in it, see packs.places; array indexes are numbers
        ("consumer", pa.int32()),  # the place of the request that takes it; rows are in order of it
        ("location", pa.string()),  # as in links
        ("pointer", pa.string()),
        ("value", pa.string()),  # what stands at both places
    ]
)

SHAPE = pa.schema(
    [
        ("measure", pa.string()),  # qps, total_us, ttfb_us, status, failure, error_run
        ("endpoint", pa.string()),  # "" for the whole pack
        ("status", pa.int16()),
        ("x", pa.float64()),  # qps: second; total_us, ttfb_us: quantile; error_run: 0 after success, 1 after error
        ("value", pa.float64()),  # qps, status, failure: count; quantiles: microseconds; error_run: P(error)
        ("label", pa.string()),  # failure: its kind
    ]
)


MATCHING = pa.schema(
    [
        ("tier", pa.string()),  # a name in packs.matching.TIERS, "ids" or "place"; sorted by (tier, key, row)
        ("key", pa.binary(16)),
        ("row", pa.int32()),  # the exchange's place in exchanges.parquet, from 0
    ]
)


MESSAGES = pa.schema(
    [
        ("row", pa.int32()),  # the exchange's place in exchanges.parquet, from 0; rows are in order of it and of time
        *MESSAGE,  # the first of each exchange is of the kind "open", and empty
    ]
)

OPEN = "open"
"""The kind of the row that says that an exchange opened a WebSocket."""


def message_rows(messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    """Messages as values of the type MESSAGE, in their order."""
    return [
        {"sent": one.sent, "at_us": one.at_us, "kind": one.kind.value, "payload": one.payload, "code": one.code}
        for one in messages
    ]


def message_of(row: dict[str, Any]) -> Message:
    """The message that a value of the type MESSAGE is."""
    return Message(row["sent"], row["at_us"], MessageKind(row["kind"]), row["payload"], row["code"])


def header_rows(headers: Headers) -> list[dict[str, str]]:
    """Headers as a value of the type HEADERS, in their order."""
    return [{"name": name, "value": value} for name, value in headers]
