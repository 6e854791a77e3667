"""The scheduled exchanges of a pack at linked endpoints, as far as values are looked for in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from smartsandbox.packs.bindings import Recorded
from smartsandbox.packs.linked import Linked, Links
from smartsandbox.packs.model import Headers, Request
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.rows import Rows

_BATCH = 2048
_HEADERS = ("request_headers", "response_headers")


def recorded(pack: Pack, rows: Rows, chosen: Sequence[int], links: Links) -> Iterator[tuple[int, Recorded]]:
    """In order, each with its row; numbers are places in the schedule. Headers are read only if a link needs those of
    any endpoint."""
    linked = [links.at(name) for name in rows.endpoint.names]
    codes = rows.endpoint.codes
    places = [place for place, row in enumerate(chosen) if linked[codes[row]] is not None]
    wanted = [any(side) for side in zip(*(found.headers for found in linked if found is not None), strict=True)]
    columns = [name for name, needed in zip(_HEADERS, wanted, strict=True) if needed]
    table = pack.table("exchanges", columns) if columns else None
    for start in range(0, len(places), _BATCH):
        batch = places[start : start + _BATCH]
        taken = table.take([chosen[place] for place in batch]) if table is not None else None
        found = [taken[name].to_pylist() if taken and name in columns else [()] * len(batch) for name in _HEADERS]
        for place, asked, told in zip(batch, *found, strict=True):
            row = chosen[place]
            here = linked[codes[row]]
            if here is not None:
                yield row, _exchange(rows, place, row, here, asked, told)


def _exchange(rows: Rows, place: int, row: int, linked: Linked, asked: Any, told: Any) -> Recorded:
    request = Request(
        rows.method.name(row) or "",
        "",
        "",
        rows.path[row].decode("utf-8", "surrogateescape"),
        rows.query[row].decode("utf-8", "surrogateescape"),
        _pairs(asked),
        rows.body(rows.request_body[row]) if "body" in linked.asked else b"",
    )
    answer = None if rows.failures[row] >= 0 or linked.told is None else (_pairs(told), rows.answer_body(row))
    return Recorded(place, rows.endpoint.name(row) or "", linked, request, answer)


def _pairs(headers: Iterable[dict[str, str]] | None) -> Headers:
    return tuple((header["name"], header["value"]) for header in headers or ())
