"""A certificate as the page for a reviewer, the same bytes as the command line writes: of a pack, of a fixture set."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Response
from starlette.responses import FileResponse, HTMLResponse

from smartsandbox.server import service
from smartsandbox.server.http import Name, StoreDep, Version

router = APIRouter(include_in_schema=False)
ICON = Path(__file__).parent.parent / "static" / "icon.svg"


@router.get("/packs/{name}/{version}/certificate")
def pack_certificate(store: StoreDep, name: Name, version: Version) -> Response:
    """Of a pack, passed or not, signed or not: the page says which."""
    return HTMLResponse(service.pack_certificate_page(store, name, version))


@router.get("/fixtures/{name}/{version}/certificate")
def fixture_certificate(store: StoreDep, name: Name, version: Version) -> Response:
    """Of the trace that a fixture set's models were fitted on."""
    return HTMLResponse(service.fixture_certificate_page(store, name, version))


@router.get("/favicon.ico")
def icon() -> Response:
    """The catalogue's icon, for a page that is one file and so cannot name it."""
    return FileResponse(ICON, media_type="image/svg+xml")
