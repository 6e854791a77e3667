"""The Arrow schemas of a pack's files. Changing one is a new pack format (see `manifest.PACK_FORMAT`)."""

from __future__ import annotations

import pyarrow as pa

from smartsandbox.packs.model import Headers

HEADERS = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))

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


def header_rows(headers: Headers) -> list[dict[str, str]]:
    """Headers as a value of the type HEADERS, in their order."""
    return [{"name": name, "value": value} for name, value in headers]
