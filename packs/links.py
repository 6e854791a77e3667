"""Correlation links: which response value feeds which later request of the same session.

Mined from exchanges in order. A value is followed only if it looks issued (an id, a token, a cursor): long enough,
with a digit in it. The first exchange of the session that answered with a value is its producer. Values themselves
never leave this module: a link is places, a support and a confidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.model import Exchange, header
from smartsandbox.packs.pointer import escaped

MIN_LENGTH = 6
MAX_LEAVES = 2000
"""Leaves of one body that are looked at; a longer list repeats the same pointers."""

_ISSUED = re.compile(rf"(?=.*\d)[A-Za-z0-9_.~+/=:-]{{{MIN_LENGTH},}}")
_TIMES = re.compile(r"\d{4}-\d{2}-\d{2}.*|1[5-9]\d{8}(?:\d{3})?(?:\.\d+)?")

Producer = tuple[str, str]
Consumer = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a request that a value fills: the consumer's endpoint, location and pointer, and the value."""

    consumer: Consumer
    value: str


def mine_links(exchanges: Iterable[Exchange]) -> list[dict[str, Any]]:
    """Rows of schema.LINKS, sorted. `exchanges` must be in order and have their `endpoint` set."""
    issued: dict[str, dict[str, Producer]] = {}
    filled: Counter[Consumer] = Counter()
    support: Counter[tuple[Producer, Consumer]] = Counter()
    tables: dict[str, EndpointTable] = {}
    for exchange in exchanges:
        known = issued.setdefault(exchange.session or "", {})
        for slot in _slots(exchange, tables):
            filled[slot.consumer] += 1
            producer = known.get(slot.value)
            if producer is not None:
                support[producer, slot.consumer] += 1
        for pointer, value in _answered(exchange):
            known.setdefault(value, (exchange.endpoint or "", pointer))
    return [
        _row(producer, consumer, count, filled[consumer]) for (producer, consumer), count in sorted(support.items())
    ]


def _row(producer: Producer, consumer: Consumer, support: int, filled: int) -> dict[str, Any]:
    return {
        "producer_endpoint": producer[0],
        "producer_pointer": producer[1],
        "consumer_endpoint": consumer[0],
        "consumer_location": consumer[1],
        "consumer_pointer": consumer[2],
        "support": support,
        "confidence": support / filled,
    }


def _slots(exchange: Exchange, tables: dict[str, EndpointTable]) -> Iterator[Slot]:
    """The issued-looking values of a request, one of each place."""
    seen: set[tuple[Consumer, str]] = set()
    for location, pointer, value in _request_leaves(exchange, tables):
        consumer = (exchange.endpoint or "", location, pointer)
        if looks_issued(value) and (consumer, value) not in seen:
            seen.add((consumer, value))
            yield Slot(consumer, value)


def _request_leaves(exchange: Exchange, tables: dict[str, EndpointTable]) -> Iterator[tuple[str, str, str]]:
    request = exchange.request
    endpoint = exchange.endpoint or ""
    table = tables.get(endpoint)
    if table is None:
        table = tables[endpoint] = EndpointTable.of([endpoint] if endpoint else [])
    bound = table.match(request.method, request.path)
    for name, segment in bound.params if bound else ():
        yield "path", name, unquote(segment)
    for name, value in parse_qsl(request.query, errors="replace"):
        yield "query", name, value
    token = header(request.headers, "authorization")
    if token and " " in token:
        yield "header", "authorization", token.partition(" ")[2]
    kind = (header(request.headers, "content-type") or "").lower()
    if "x-www-form-urlencoded" in kind:
        for name, value in parse_qsl(request.body.decode("utf-8", "replace"), errors="replace"):
            yield "body", name, value
    else:
        for pointer, value in _json_leaves(request.body):
            yield "body", pointer, value


def _answered(exchange: Exchange) -> Iterator[tuple[str, str]]:
    if exchange.response is not None:
        yield from ((pointer, value) for pointer, value in _json_leaves(exchange.response.body) if looks_issued(value))


def looks_issued(value: str) -> bool:
    """True for an id, a token or a cursor; false for words, short numbers and times."""
    return _ISSUED.fullmatch(value) is not None and _TIMES.fullmatch(value) is None


def _json_leaves(body: bytes) -> Iterator[tuple[str, str]]:
    if body[:1] not in (b"{", b"["):
        return
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    yield from _scalars(document)


def _scalars(document: Any) -> Iterator[tuple[str, str]]:
    """String and whole-number leaves with their pointers, breadth first, up to MAX_LEAVES."""
    queue: list[tuple[str, Any]] = [("", document)]
    for pointer, node in queue:
        if isinstance(node, dict):
            queue.extend((f"{pointer}/{escaped(key)}", child) for key, child in node.items())
        elif isinstance(node, list):
            queue.extend((f"{pointer}/*", child) for child in node)
        elif isinstance(node, str) or (isinstance(node, int) and not isinstance(node, bool)):
            yield pointer, str(node)
        if len(queue) > MAX_LEAVES:
            return
