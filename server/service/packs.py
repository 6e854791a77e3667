"""The use cases on packs: list, get, shape, evidence, verify, and the folder to download.

A listed pack is judged by its manifest, certificate and curve; an opened one by the bytes of all files; verification
recomputes every digest from the rows. What does not hold is shown as damaged and is never handed out.
"""

from __future__ import annotations

import pyarrow as pa

from smartsandbox import __version__
from smartsandbox.packs.manifest import Manifest
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import PACKS, Item, Store
from smartsandbox.server.errors import DamagedItemError
from smartsandbox.server.models.evidence import Evidence
from smartsandbox.server.models.health import Health
from smartsandbox.server.models.pack import PackDetail, PackPage, PackQuery, PackSummary, Verification
from smartsandbox.server.models.shape import PackShape
from smartsandbox.server.service.archive import Bundle, bundle_of
from smartsandbox.server.service.evidence import evidence_in, page_of
from smartsandbox.server.service.items import find, listed, open_item
from smartsandbox.server.service.listing import Measure, slice_of
from smartsandbox.server.service.reading import manifest_of, shape_table
from smartsandbox.server.service.shape import shape_of
from smartsandbox.server.service.summary import resources_of, summary_of


def health(store: Store) -> Health:
    """Raises StoreUnreachableError if the store cannot be listed."""
    return Health(status="ok", version=__version__, packs=sum(item.withdrawn is None for item in listed(store, PACKS)))


def list_packs(store: Store, query: PackQuery) -> PackPage:
    """The packs that a query names, damaged and withdrawn ones included."""
    found = [item for item in listed(store, PACKS, query.name or "*") if _matches(item, query)]
    part = slice_of(found, query.sort, _MEASURES, query.cursor, query.limit)
    return PackPage(items=[summary_of(store, item) for item in part.items], total=part.total, next=part.next)


def get_pack(store: Store, name: str, version: str) -> PackDetail:
    """One version of a pack, its files checked. A damaged one is described as far as it can be read.

    Raises UnknownItemError.
    """
    item = find(store, PACKS, name, version)
    summary = summary_of(store, item)
    if summary.state == "ready":
        try:
            _open(store, item)
        except DamagedItemError as error:
            summary = summary.model_copy(update={"state": "damaged", "problem": error.reason})
    try:
        return _detail(summary, manifest_of(item))
    except DamagedItemError:
        return PackDetail(
            summary=summary, seed=None, inputs={}, tools={}, matching={}, templates=[], ledger={}, resources=[]
        )


def pack_shape(store: Store, name: str, version: str, points: int) -> PackShape:
    """Raises UnknownItemError, or DamagedItemError if the manifest or the shape does not hold."""
    item = find(store, PACKS, name, version)
    return shape_of(shape_table(store, item, manifest_of(item)).to_pylist(), points)


def pack_evidence(store: Store, name: str, version: str) -> Evidence:
    """The certificate, passed or not. Raises UnknownItemError, or DamagedItemError if it is not the pack's own."""
    item = find(store, PACKS, name, version)
    return evidence_in(store, item, manifest_of(item))


def pack_certificate_page(store: Store, name: str, version: str) -> str:
    """The page of it for a reviewer. Raises as `pack_evidence` does."""
    item = find(store, PACKS, name, version)
    return page_of(store, item, manifest_of(item))


def verify_pack(store: Store, name: str, version: str) -> Verification:
    """Recompute every digest from the rows; takes time in proportion to the pack. Raises UnknownItemError."""
    item = find(store, PACKS, name, version)
    try:
        problems = list(_open(store, item).verify())
    except DamagedItemError as error:
        problems = [error.reason]
    except (OSError, pa.ArrowException) as error:
        problems = [f"its rows cannot be read ({type(error).__name__}); publish it again"]
    return Verification(holds=not problems, problems=problems)


def pack_bundle(store: Store, name: str, version: str) -> Bundle:
    """The files of a pack that holds. Raises UnknownItemError, DamagedItemError."""
    opened = _open(store, find(store, PACKS, name, version))
    return bundle_of(opened.folder, name, version, opened.manifest.resources)


def _open(store: Store, item: Item) -> Pack:
    manifest_of(item)
    return open_item(store, item, Pack.open)


def _detail(summary: PackSummary, manifest: Manifest) -> PackDetail:
    return PackDetail(
        summary=summary,
        seed=manifest.seed,
        inputs=manifest.inputs,
        tools=manifest.tools,
        matching=manifest.matching.to_json(),
        templates=[dict(rule) for rule in manifest.templates],
        ledger=manifest.ledger,
        resources=resources_of(manifest.resources),
    )


def _matches(item: Item, query: PackQuery) -> bool:
    manifest = item.manifest
    words = " ".join([item.name, str(manifest.get("template", "")), str(manifest.get("service", ""))])
    return (
        query.q.casefold() in words.casefold()
        and query.template in ("", manifest.get("template"))
        and query.service in ("", manifest.get("service"))
    )


def _count(field: str) -> Measure:
    def measure(item: Item) -> int:
        counts = item.manifest.get("counts")
        value = counts.get(field) if isinstance(counts, dict) else None
        return value if isinstance(value, int) else 0

    return measure


def _span(item: Item) -> int:
    value = item.manifest.get("span_us")
    return value if isinstance(value, int) else 0


_MEASURES: dict[str, Measure] = {"exchanges": _count("exchanges"), "errors": _count("errors"), "span": _span}
