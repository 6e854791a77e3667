"""The use cases on fixture sets: list, get, rows, certificate, and the files to download.

A listed set is judged by its manifest and certificate; an opened one by the bytes of all files.
"""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

from smartsandbox.fixtures.fixture_set import FixtureSet
from smartsandbox.packs.store import FIXTURES, Item, Store
from smartsandbox.server.errors import DamagedItemError, UnknownItemError
from smartsandbox.server.models.evidence import Evidence
from smartsandbox.server.models.fixture import (
    CanonicalEntity,
    Distance,
    FixtureDetail,
    FixturePage,
    FixtureQuery,
    FixtureRows,
    FixtureSummary,
)
from smartsandbox.server.service.archive import Bundle, bundle_of
from smartsandbox.server.service.evidence import evidence_in, page_of
from smartsandbox.server.service.fixture_summary import fixture_summary
from smartsandbox.server.service.items import find, listed, open_item
from smartsandbox.server.service.listing import slice_of
from smartsandbox.server.service.reading import fixtures_manifest_of
from smartsandbox.server.service.rows import plain, window
from smartsandbox.server.service.summary import resources_of


def list_fixtures(store: Store, query: FixtureQuery) -> FixturePage:
    """The fixture sets that a query names, damaged and withdrawn ones included."""
    found = [item for item in listed(store, FIXTURES, query.name or "*") if _matches(item, query.q)]
    part = slice_of(found, query.sort, {"rows": _rows}, query.cursor, query.limit)
    return FixturePage(items=[fixture_summary(store, item) for item in part.items], total=part.total, next=part.next)


def get_fixture(store: Store, name: str, version: str) -> FixtureDetail:
    """One version of a set, its files checked. A damaged one is described as far as it can be read.

    Raises UnknownItemError.
    """
    item = find(store, FIXTURES, name, version)
    summary = fixture_summary(store, item)
    try:
        if summary.state == "ready":
            return _detail(summary, _open(store, item))
    except DamagedItemError as error:
        summary = summary.model_copy(update={"state": "damaged", "problem": error.reason})
    return FixtureDetail(**_NOTHING, summary=summary)


def fixture_rows(store: Store, name: str, version: str, entity: str, limit: int, offset: int) -> FixtureRows:
    """At most `limit` rows of one entity after the first `offset`. Raises UnknownItemError, DamagedItemError."""
    opened = _open(store, find(store, FIXTURES, name, version))
    if entity not in opened.names:
        raise UnknownItemError(f"fixture set {name}@{version} has no entity of that name: it has {_names(opened)}")
    return _window_of(opened, entity, limit, offset)


def fixture_previews(store: Store, name: str, version: str, limit: int) -> list[FixtureRows]:
    """The first rows of every entity. Raises UnknownItemError, DamagedItemError."""
    opened = _open(store, find(store, FIXTURES, name, version))
    return [_window_of(opened, entity, limit, 0) for entity in opened.names]


def fixture_evidence(store: Store, name: str, version: str) -> Evidence:
    """The certificate of the trace that a set was made from, passed or not.

    Raises UnknownItemError, or DamagedItemError if it is not the set's own.
    """
    item = find(store, FIXTURES, name, version)
    return evidence_in(store, item, fixtures_manifest_of(item))


def fixture_certificate_page(store: Store, name: str, version: str) -> str:
    """The page of it for a reviewer. Raises as `fixture_evidence` does."""
    item = find(store, FIXTURES, name, version)
    return page_of(store, item, fixtures_manifest_of(item))


def fixture_bundle(store: Store, name: str, version: str) -> Bundle:
    """The files of a set that holds. Raises UnknownItemError, DamagedItemError."""
    opened = _open(store, find(store, FIXTURES, name, version))
    return bundle_of(opened.folder, name, version, opened.manifest.resources)


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("seed", "k", "licence")),
    **{name: {} for name in ("inputs", "tools", "ledger")},
    **{name: [] for name in ("findings", "distances", "canonical", "resources")},
}


def _detail(summary: FixtureSummary, opened: FixtureSet) -> FixtureDetail:
    manifest = opened.manifest
    canonical = opened.canonical().items()
    return FixtureDetail(
        summary=summary,
        seed=manifest.seed,
        k=manifest.k,
        licence=manifest.licence,
        inputs=manifest.inputs,
        tools=manifest.tools,
        ledger=manifest.ledger,
        findings=list(manifest.findings),
        distances=[Distance(**distance) for distance in manifest.quality["distances"]],
        canonical=[
            CanonicalEntity(id=name, meaning=item["meaning"], table=item["table"], key=item["key"])
            for name, item in canonical
        ],
        resources=resources_of(manifest.resources),
    )


def _names(opened: FixtureSet) -> str:
    return ", ".join(opened.names) or "none"


def _open(store: Store, item: Item) -> FixtureSet:
    fixtures_manifest_of(item)
    return open_item(store, item, FixtureSet.open)


def _window_of(opened: FixtureSet, entity: str, limit: int, offset: int) -> FixtureRows:
    file = pq.ParquetFile(opened.folder / f"{entity}.parquet")
    return FixtureRows(
        entity=entity,
        columns=list(file.schema_arrow.names),
        rows=[{name: plain(value) for name, value in row.items()} for row in window(file, offset, limit)],
        total=file.metadata.num_rows,
    )


def _matches(item: Item, text: str) -> bool:
    return text.casefold() in " ".join([item.name, *(str(table.get("name", "")) for table in _tables(item))]).casefold()


def _rows(item: Item) -> int:
    counts = [table.get("rows") for table in _tables(item)]
    return sum(count for count in counts if isinstance(count, int))


def _tables(item: Item) -> list[dict[str, Any]]:
    """The tables that a manifest names, whether it holds or not: for filters and order only."""
    tables = item.manifest.get("tables")
    return [table for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []
