"""One line of the list of fixture sets. Reads the manifest and the certificate, and survives whatever they hold."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from smartsandbox.fixtures.manifest import FixtureManifest
from smartsandbox.packs.store import Item, Store
from smartsandbox.server.errors import DamagedItemError
from smartsandbox.server.models.fixture import Entity, FixtureLinks, FixtureSummary
from smartsandbox.server.service.evidence import state_of
from smartsandbox.server.service.reading import certificate_of, damaged, fixtures_manifest_of, require_usable


def fixture_summary(store: Store, item: Item) -> FixtureSummary:
    """Never raises for what a set holds: a damaged one says so in `state` and `problem`."""
    place: dict[str, Any] = {"name": item.name, "version": item.version, "links": _links(item)}
    facts: dict[str, Any] = {}
    state = "damaged"
    try:
        manifest = fixtures_manifest_of(item)
        certificate = certificate_of(store, item, manifest)
        facts = {**_facts(manifest), "certificate": state_of(certificate)}
        require_usable(store, item, manifest, certificate)
        return FixtureSummary(**place, **facts, state="ready", problem=None)
    except DamagedItemError as error:
        state, problem = error.state, error.reason
    except ValidationError:
        facts, problem = {}, damaged(item, "its manifest is damaged").reason
    return FixtureSummary(**{**_UNKNOWN, **place, **facts, "state": state, "problem": problem})


_UNKNOWN: dict[str, Any] = {
    "digest": None,
    "rows": None,
    "entities": [],
    "synthesizer": None,
    "certificate": "unreadable",
}


def _facts(manifest: FixtureManifest) -> dict[str, Any]:
    tables = manifest.tables
    return {
        "digest": manifest.digest,
        "rows": sum(table.rows for table in tables),
        "entities": [Entity(name=t.name, rows=t.rows, references=t.references, made_by=t.made_by) for t in tables],
        "synthesizer": manifest.synthesizer,
    }


def _links(item: Item) -> FixtureLinks:
    api = f"/api/v1/fixtures/{item.name}/versions/{item.version}"
    return FixtureLinks(
        self=api,
        page=f"/fixtures/{item.name}/{item.version}",
        certificate=f"{api}/certificate",
        download=f"{api}/download",
    )
