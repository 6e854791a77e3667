"""The page of one pack: its shape, its privacy certificate, where it comes from, and how to use it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from smartsandbox.packs.store import Store
from smartsandbox.server import service
from smartsandbox.server.errors import DamagedItemError
from smartsandbox.server.http import Name, StoreDep, Version
from smartsandbox.server.models.evidence import Evidence
from smartsandbox.server.models.pack import PackDetail
from smartsandbox.server.pages.mix import status_mix
from smartsandbox.server.pages.render import render

router = APIRouter(include_in_schema=False)
POINTS = 160


@router.get("/packs/{name}/{version}")
def show(request: Request, store: StoreDep, name: Name, version: Version) -> Response:
    """A damaged pack shows what can still be read of it, and why it is refused."""
    detail = service.get_pack(store, name, version)
    context = {
        "pack": detail.summary,
        "detail": detail,
        "evidence": _evidence(store, detail),
        **_shape(store, detail),
    }
    return render(request, "pack.html", context)


def _evidence(store: Store, detail: PackDetail) -> Evidence | None:
    """The certificate is worth reading above all where it failed."""
    try:
        return service.pack_evidence(store, detail.summary.name, detail.summary.version)
    except DamagedItemError:
        return None


def _shape(store: Store, detail: PackDetail) -> dict[str, Any]:
    try:
        shape = service.pack_shape(store, detail.summary.name, detail.summary.version, POINTS)
    except DamagedItemError:
        return {"shape": None, "mix": []}
    return {"shape": shape, "mix": status_mix(shape)}
