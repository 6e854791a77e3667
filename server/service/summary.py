"""One line of the catalogue from an item of the store. Reads four small files, and survives whatever they hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from smartsandbox.packs import manifest as packs
from smartsandbox.packs.manifest import Manifest
from smartsandbox.packs.store import Item, Store
from smartsandbox.server.errors import DamagedItemError
from smartsandbox.server.models.base import Resource
from smartsandbox.server.models.pack import PackLinks, PackSummary
from smartsandbox.server.service.evidence import state_of
from smartsandbox.server.service.reading import certificate_of, manifest_of, require_usable, shape_table
from smartsandbox.server.service.shape import curve_from

SPARK_POINTS = 48


def summary_of(store: Store, item: Item) -> PackSummary:
    """Never raises for what a pack holds: a damaged one says so in `state` and `problem`."""
    facts: dict[str, Any] = {}
    state, problem = "ready", None
    try:
        manifest = manifest_of(item)
        facts |= _from_manifest(manifest)
        certificate = certificate_of(store, item, manifest)
        facts["certificate"] = state_of(certificate)
        facts["curve"] = curve_from(shape_table(store, item, manifest).to_pylist(), SPARK_POINTS)
        require_usable(store, item, manifest, certificate)
    except DamagedItemError as error:
        state, problem = error.state, error.reason
    place = {"name": item.name, "version": item.version, "links": _links(item)}
    return PackSummary(**{**_UNKNOWN, **facts, **place, "state": state, "problem": problem})


def resources_of(resources: Iterable[packs.Resource]) -> list[Resource]:
    """The files that a manifest names, by path."""
    return [
        Resource(path=item.path, rows=item.rows, bytes=item.bytes, sha256=item.sha256)
        for item in sorted(resources, key=lambda item: item.path)
    ]


_COUNTS = ("exchanges", "sessions", "endpoints", "errors")
_UNKNOWN: dict[str, Any] = {
    **dict.fromkeys(("digest", "template", "service", "span_us", "curve", *_COUNTS)),
    "certificate": "unreadable",
}


def _from_manifest(manifest: Manifest) -> dict[str, Any]:
    return {
        "digest": manifest.digest,
        "template": manifest.template,
        "service": manifest.service,
        "span_us": manifest.span_us,
        **{name: manifest.counts.get(name) for name in _COUNTS},
    }


def _links(item: Item) -> PackLinks:
    api = f"/api/v1/packs/{item.name}/versions/{item.version}"
    return PackLinks(
        self=api,
        page=f"/packs/{item.name}/{item.version}",
        shape=f"{api}/shape",
        certificate=f"{api}/certificate",
        verification=f"{api}/verification",
        download=f"{api}/download",
    )
