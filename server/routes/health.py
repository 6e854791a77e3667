"""Whether the server can do its work, for a probe."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from smartsandbox.server import examples, service
from smartsandbox.server.http import IfNoneMatch, StoreDep, answer
from smartsandbox.server.models.health import Health
from smartsandbox.server.problems import INVALID, UNREACHABLE
from smartsandbox.server.routes.documentation import documented

router = APIRouter(tags=["health"])


@router.get(
    "/health",
    operation_id="getHealth",
    summary="Ask whether the server can do its work",
    response_model=Health,
    responses=documented(examples.HEALTH, INVALID, UNREACHABLE),
)
def get_health(request: Request, store: StoreDep, if_none_match: IfNoneMatch = None) -> Response:
    """Lists the store."""
    return answer(request, service.health(store))
