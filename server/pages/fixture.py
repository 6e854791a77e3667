"""The page of one fixture set: its entities with their first rows, its certificate, and how to use it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from smartsandbox.packs.store import Store
from smartsandbox.server import service
from smartsandbox.server.errors import DamagedItemError
from smartsandbox.server.http import Name, StoreDep, Version
from smartsandbox.server.models.evidence import Evidence
from smartsandbox.server.models.fixture import FixtureRows, FixtureSummary
from smartsandbox.server.pages.render import render

router = APIRouter(include_in_schema=False)
PREVIEW_ROWS = 5


@router.get("/fixtures/{name}/{version}")
def show(request: Request, store: StoreDep, name: Name, version: Version) -> Response:
    """A damaged set shows its manifest, and why it is refused."""
    detail = service.get_fixture(store, name, version)
    whole = detail.summary.state == "ready"
    context = {
        "fixture": detail.summary,
        "detail": detail,
        "previews": _previews(store, detail.summary) if whole else [],
        "evidence": _evidence(store, detail.summary) if whole else None,
        "facts_of_manifest": {
            key: value for key, value in detail.manifest.items() if not isinstance(value, dict | list)
        },
    }
    return render(request, "fixture.html", context)


def _previews(store: Store, fixture: FixtureSummary) -> list[FixtureRows]:
    return [
        service.fixture_rows(store, fixture.name, fixture.version, entity.name, PREVIEW_ROWS, 0)
        for entity in fixture.entities
    ]


def _evidence(store: Store, fixture: FixtureSummary) -> Evidence | None:
    try:
        return service.fixture_evidence(store, fixture.name, fixture.version)
    except DamagedItemError:
        return None
