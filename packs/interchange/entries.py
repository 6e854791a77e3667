"""The exchanges of a pack, one after another, as exporters read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pyarrow.parquet as pq

from smartsandbox.packs.interchange.base import Exported
from smartsandbox.packs.key import credential_of
from smartsandbox.packs.model import Exchange, FailureKind, Headers, Message, Request, Response
from smartsandbox.packs.pack import Pack

_BATCH = 4096
NO_SOCKETS = "it opened a WebSocket, for whose messages the format has no words"
NOT_FOR_PEERS = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
        *("content-length", "content-encoding", "host", "expect", "accept-encoding"),
    }
)
"""Headers that another tool sets itself, or that describe a coding which an exported body no longer has."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange of a pack; its `started_us` is the offset from the pack's start. `key` is the match key in hex."""

    exchange: Exchange
    key: str

    @property
    def endpoint(self) -> str:
        """The endpoint's name."""
        return self.exchange.endpoint or ""

    @property
    def caller(self) -> str | None:
        """The digest of its credential."""
        return credential_of(self.exchange.request.headers)


@dataclass(frozen=True, slots=True)
class Turn:
    """An exchange is number `place` (from 0) of `length` that a tool without sessions cannot tell apart.

    `is_shared` says that other callers, with other credentials, ask the same.
    """

    place: int
    length: int
    is_shared: bool


class Turns:
    """Numbers exchanges with the same key and credential, in the pack's order."""

    def __init__(self, all_of_them: Iterable[Entry]) -> None:
        self._lengths: Counter[tuple[str, str | None]] = Counter()
        self._callers: dict[str, set[str | None]] = {}
        self._places: Counter[tuple[str, str | None]] = Counter()
        for entry in all_of_them:
            self._lengths[entry.key, entry.caller] += 1
            self._callers.setdefault(entry.key, set()).add(entry.caller)

    def take(self, entry: Entry) -> Turn:
        """The turn of the next of them; ask once for each."""
        name = (entry.key, entry.caller)
        self._places[name] += 1
        return Turn(self._places[name] - 1, self._lengths[name], len(self._callers[entry.key]) > 1)


def entries(pack: Pack) -> Iterator[Entry]:
    """In the pack's order of (offset, id). Bodies are held in memory, rows are read in batches."""
    bodies, said = pack.bodies(), pack.messages()
    place = count()
    for batch in pq.ParquetFile(pack.folder / "exchanges.parquet").iter_batches(_BATCH):
        for row in batch.to_pylist():
            exchange = _exchange(row, bodies, pack.manifest.service, said.get(next(place)))
            yield Entry(exchange, row["key"].hex())


def http_entries(pack: Pack, done: Exported | None = None) -> Iterator[Entry]:
    """The same without those that opened a WebSocket, which are counted as left out."""
    for entry in entries(pack):
        if entry.exchange.messages is None:
            yield entry
        elif done is not None:
            done.leave_out(NO_SOCKETS)


def _exchange(
    row: dict[str, Any], bodies: dict[str, bytes], service: str, said: tuple[Message, ...] | None
) -> Exchange:
    request = Request(
        row["method"],
        row["scheme"],
        row["host"],
        row["path"],
        row["query"],
        _headers(row["request_headers"]),
        bodies.get(row["request_body"] or "", b""),
    )
    answered = row["status"] is not None
    body = bodies.get(row["response_body"] or "", b"")
    response = Response(row["status"], row["reason"] or "", _headers(row["response_headers"]), body)
    return Exchange(
        id=row["id"],
        service=service,
        started_us=row["offset_us"],
        request=request,
        response=response if answered else None,
        failure=FailureKind(row["failure"]) if row["failure"] else None,
        ttfb_us=row["ttfb_us"],
        total_us=row["total_us"],
        session=row["session"],
        endpoint=row["endpoint"],
        messages=said,
    )


def _headers(rows: list[dict[str, str]] | None) -> Headers:
    return tuple((line["name"], line["value"]) for line in rows or ())


def for_peers(headers: Headers) -> Headers:
    """The headers that another tool may be told to send."""
    return tuple((name, value) for name, value in headers if name.lower() not in NOT_FOR_PEERS)


def has_hosts(pack: Pack) -> bool:
    """True if the pack's requests went to more than one host."""
    return len(pack.table("exchanges", ["host"])["host"].unique()) > 1


def for_sandbox(entry: Entry, names_host: bool) -> Headers:
    """The headers of a request to a served pack: the recorded ones, its session, and the host it is for."""
    exchange = entry.exchange
    session = (("X-Sandbox-Session", exchange.session),) if exchange.session else ()
    host = (("X-Sandbox-Host", exchange.request.host),) if names_host else ()
    return (*for_peers(exchange.request.headers), *session, *host)


def query_values(query: str, volatile: Collection[str]) -> dict[str, list[str]]:
    """The values of each parameter that decides anything."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in volatile:
            found.setdefault(name, []).append(value)
    return found


def values_by_name(headers: Headers) -> dict[str, list[str]]:
    """The values under each name as first written."""
    names: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(names.setdefault(name.lower(), name), []).append(value)
    return found


def is_json(body: bytes) -> bool:
    """True if the body is a JSON value."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


def as_text(body: bytes) -> str | None:
    """The body as text that survives a round trip, None if it is not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
