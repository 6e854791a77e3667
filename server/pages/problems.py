"""What the `type` of a problem leads to: an explanation of it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from smartsandbox.server.pages.render import render
from smartsandbox.server.problems import KINDS

router = APIRouter(include_in_schema=False)


@router.get("/problems/{slug}")
def show(request: Request, slug: str) -> Response:
    """One problem of the table."""
    if slug not in KINDS:
        raise HTTPException(404)
    return render(request, "problem_kind.html", {"kind": KINDS[slug]})
