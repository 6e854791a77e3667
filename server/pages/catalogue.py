"""The first page: what is published, with a filter that needs no script."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from smartsandbox.packs.slices import TEMPLATES
from smartsandbox.server import service
from smartsandbox.server.http import StoreDep
from smartsandbox.server.models.fixture import FixtureQuery
from smartsandbox.server.models.pack import PackQuery
from smartsandbox.server.pages.render import render

router = APIRouter(include_in_schema=False)

SORTS = {
    "name": "Name",
    "-exchanges": "Most exchanges",
    "-errors": "Most errors",
    "-span": "Longest",
}
"""The orders that the page offers; the API has more."""
MOST_FIXTURES = 100


@router.get("/")
def show(request: Request, store: StoreDep, query: Annotated[PackQuery, Query()]) -> Response:
    """Packs in pages; fixture sets that match the same text."""
    packs = service.list_packs(store, query)
    fixtures = service.list_fixtures(store, FixtureQuery(q=query.q, limit=MOST_FIXTURES))
    context = {
        "query": query,
        "packs": packs,
        "fixtures": fixtures,
        "templates": list(TEMPLATES),
        "sorts": SORTS,
        "filtered": bool(query.q or query.template or query.name or query.service),
        "first": _address(query, "") if query.cursor else None,
        "next": _address(query, packs.next) if packs.next else None,
    }
    return render(request, "catalogue.html", context)


def _address(query: PackQuery, cursor: str) -> str:
    """This page with another cursor, keeping what was asked for."""
    kept = query.model_copy(update={"cursor": cursor}).model_dump(exclude_defaults=True)
    return "/?" + urlencode(kept)
