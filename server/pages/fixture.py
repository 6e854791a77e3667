"""The page of one fixture set: its entities with their first rows, its certificate, and how to use it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from smartsandbox.packs.store import Store
from smartsandbox.server import service
from smartsandbox.server.errors import DamagedItemError
from smartsandbox.server.http import Name, StoreDep, Version
from smartsandbox.server.models.evidence import Evidence
from smartsandbox.server.models.fixture import FixtureSummary
from smartsandbox.server.pages.render import render

router = APIRouter(include_in_schema=False)
PREVIEW_ROWS = 5


@router.get("/fixtures/{name}/{version}")
def show(request: Request, store: StoreDep, name: Name, version: Version) -> Response:
    """A damaged set shows why it is refused, and its certificate if that can be read."""
    detail = service.get_fixture(store, name, version)
    whole = detail.summary.state == "ready"
    context = {
        "fixture": detail.summary,
        "detail": detail,
        "previews": service.fixture_previews(store, name, version, PREVIEW_ROWS) if whole else [],
        "evidence": _evidence(store, detail.summary),
    }
    return render(request, "fixture.html", context)


def _evidence(store: Store, fixture: FixtureSummary) -> Evidence | None:
    try:
        return service.fixture_evidence(store, fixture.name, fixture.version)
    except DamagedItemError:
        return None
