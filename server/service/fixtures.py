"""The use cases on fixture sets: list, get, preview rows, and the folder to download.

A set is read by its manifest and the bytes of its files, in the form of a Frictionless Data Package; the models that
made it, and pandas, are not needed to look at it.
"""

from __future__ import annotations

import base64
import math
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from smartsandbox.packs.canonical import digest_file
from smartsandbox.packs.certificate import CERTIFICATE_FILE, Certificate
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.store import FIXTURES, Item, Store
from smartsandbox.server.errors import DamagedItemError, StoreUnreachableError, UnknownItemError
from smartsandbox.server.models.base import Resource
from smartsandbox.server.models.evidence import Evidence
from smartsandbox.server.models.fixture import (
    Entity,
    FixtureDetail,
    FixtureLinks,
    FixturePage,
    FixtureQuery,
    FixtureRows,
    FixtureSummary,
)
from smartsandbox.server.service.archive import Bundle, bundle_of
from smartsandbox.server.service.evidence import evidence_of
from smartsandbox.server.service.listing import slice_of


def list_fixtures(store: Store, query: FixtureQuery) -> FixturePage:
    """The fixture sets that a query names, damaged ones included."""
    found = [item for item in _listed(store, query.name or "*") if _matches(item, query.q)]
    part = slice_of(found, query.sort, {"rows": _rows}, query.cursor, query.limit)
    return FixturePage(items=[summary_of(item) for item in part.items], total=part.total, next=part.next)


def get_fixture(store: Store, name: str, version: str) -> FixtureDetail:
    """One version of a set, its files checked. Raises UnknownItemError."""
    item = find_fixture(store, name, version)
    summary = summary_of(item)
    if summary.state == "ready":
        try:
            _open(store, item)
        except DamagedItemError as error:
            summary = summary.model_copy(update={"state": "damaged", "problem": str(error)})
    return FixtureDetail(summary=summary, resources=_resources(item) or [], manifest=item.manifest)


def fixture_rows(store: Store, name: str, version: str, entity: str, limit: int, offset: int) -> FixtureRows:
    """At most `limit` rows of one entity. Raises UnknownItemError, DamagedItemError."""
    item = find_fixture(store, name, version)
    if entity not in {known.name for known in _entities(item)}:
        raise UnknownItemError(f"fixture set {item.ref} has no entity of that name; its page lists those it has")
    file = pq.ParquetFile(_open(store, item) / f"{entity}.parquet")
    rows = _window(file, offset, limit)
    return FixtureRows(
        entity=entity,
        columns=list(file.schema_arrow.names),
        rows=[{name: _plain(value) for name, value in row.items()} for row in rows],
        total=file.metadata.num_rows,
    )


def fixture_evidence(store: Store, name: str, version: str) -> Evidence:
    """The certificate of the trace that a set was made from. Raises UnknownItemError, DamagedItemError."""
    item = find_fixture(store, name, version)
    try:
        return evidence_of(Certificate.read(_open(store, item) / CERTIFICATE_FILE))
    except (NotSafeError, ValueError, AttributeError) as error:
        raise DamagedItemError(
            f"fixture set {item.ref}: its certificate is missing or damaged; publish it again"
        ) from error


def fixture_bundle(store: Store, name: str, version: str) -> Bundle:
    """The files of a set that holds. Raises UnknownItemError, DamagedItemError."""
    return bundle_of(_open(store, find_fixture(store, name, version)), name, version)


def find_fixture(store: Store, name: str, version: str) -> Item:
    """Raises UnknownItemError. The names have passed the pattern of the API."""
    item = store.get(FIXTURES, name, version)
    if item is None:
        raise UnknownItemError(f"no fixture set {name}@{version} is published here; the catalogue lists those that are")
    return item


def summary_of(item: Item) -> FixtureSummary:
    """Never raises for what a manifest holds: a damaged one says so in `state` and `problem`."""
    manifest, problem = item.manifest, _problem(item)
    entities = _entities(item)
    page = f"/fixtures/{item.name}"
    api = f"/api/v1{page}/versions/{item.version}"
    return FixtureSummary(
        name=item.name,
        version=item.version,
        state="damaged" if problem else "ready",
        problem=problem,
        digest=_typed(manifest.get("digest"), str),
        rows=None if problem else sum(entity.rows for entity in entities),
        entities=entities,
        seed=_typed(manifest.get("seed"), int),
        synthesizer=_synthesizer(manifest.get("synthesizer")),
        links=FixtureLinks(
            self=api, page=f"{page}/{item.version}", certificate=f"{api}/certificate", download=f"{api}/download"
        ),
    )


def _problem(item: Item) -> str | None:
    if not item.manifest or _resources(item) is None:
        return "its manifest is damaged"
    if (item.manifest.get("name"), item.manifest.get("version")) != (item.name, item.version):
        return "its manifest names another set or version"
    return None


def _resources(item: Item) -> list[Resource] | None:
    """The files that the manifest names, or None where it does not name them properly."""
    try:
        return [
            Resource(
                path=value["path"],
                rows=value.get("rows"),
                bytes=value["bytes"],
                sha256=value["hash"].removeprefix("sha256:"),
            )
            for value in item.manifest["resources"]
        ]
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def _entities(item: Item) -> list[Entity]:
    tables = [file for file in _resources(item) or [] if file.path.endswith(".parquet") and "/" not in file.path]
    return [Entity(name=file.path.removesuffix(".parquet"), rows=file.rows or 0) for file in tables]


def _open(store: Store, item: Item) -> Path:
    """The local folder, once the bytes of every file are those that the manifest names."""
    problem = _problem(item)
    if problem:
        raise DamagedItemError(f"fixture set {item.ref}: {problem}; publish it again")
    try:
        folder = store.local(item)
        changed = [file.path for file in _resources(item) or [] if not _same(folder, file)]
    except (OSError, KeyError) as error:
        raise DamagedItemError(
            f"fixture set {item.ref} cannot be read ({type(error).__name__}): publish it again"
        ) from error
    if changed:
        raise DamagedItemError(f"fixture set {item.ref}: {', '.join(changed)} missing or changed; publish it again")
    return folder


def _same(folder: Path, resource: Resource) -> bool:
    path = folder / resource.path
    return "/" not in resource.path and path.is_file() and digest_file(path) == resource.sha256


def _window(file: pq.ParquetFile, offset: int, limit: int) -> list[dict[str, Any]]:
    """Rows [offset, offset + limit), reading no more batches than it takes."""
    rows: list[dict[str, Any]] = []
    start = 0
    for batch in file.iter_batches(batch_size=1024):
        if start + len(batch) > offset:
            part: pa.RecordBatch = batch.slice(max(0, offset - start), limit - len(rows))
            rows.extend(part.to_pylist())
        start += len(batch)
        if len(rows) >= limit:
            break
    return rows


def _plain(value: Any) -> Any:
    """A value that JSON can hold. Not-a-number has no JSON form and becomes null."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Decimal) else value


def _listed(store: Store, name: str) -> list[Item]:
    try:
        return store.list(FIXTURES, name)
    except OSError as error:
        raise StoreUnreachableError(f"the store cannot be listed now ({type(error).__name__}): try again") from error


def _matches(item: Item, text: str) -> bool:
    return text.casefold() in " ".join([item.name, *(entity.name for entity in _entities(item))]).casefold()


def _rows(item: Item) -> int:
    return sum(entity.rows for entity in _entities(item))


def _typed(value: Any, kind: type) -> Any:
    return value if isinstance(value, kind) else None


def _synthesizer(value: Any) -> str | None:
    """Its name, whether the manifest gives only that or a description as well."""
    name = value.get("name") if isinstance(value, dict) else value
    return name if isinstance(name, str) else None
