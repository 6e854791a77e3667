"""Exception handlers: every error leaves as a problem detail, or as a page where a browser asked for one."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from smartsandbox.packs.errors import SandboxError
from smartsandbox.server.models.problem import Problem
from smartsandbox.server.pages.render import render
from smartsandbox.server.problems import INTERNAL, INVALID, MEDIA_TYPE, fault, kind_of, problem, problem_of_status

ALLOW = "GET, HEAD, OPTIONS"


def install(app: FastAPI) -> None:
    """Register the handlers. An unforeseen exception is caught by `middleware.Guard`."""
    app.add_exception_handler(SandboxError, _sandbox_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)


def _sandbox_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SandboxError)
    kind = kind_of(error)
    detail = "The server failed." if kind is INTERNAL else str(error)
    return _respond(request, problem(kind, detail, request.url.path))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [fault(item["loc"], item["msg"]) for item in error.errors()]
    detail = f"{len(faults)} of the request's parameters cannot be used"
    return _respond(request, problem(INVALID, detail, request.url.path, faults))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405 and request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": ALLOW})
    headers = {"Allow": ALLOW} if error.status_code == 405 else dict(error.headers or {})
    detail = {404: "no such page", 405: f"{request.method} is not possible here; {ALLOW} are"}.get(
        error.status_code, error.detail
    )
    return _respond(request, problem_of_status(error.status_code, detail, request.url.path), headers)


def _respond(request: Request, found: Problem, headers: Mapping[str, str] | None = None) -> Response:
    wants_page = not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
    if wants_page:
        return render(request, "problem.html", {"problem": found}, found.status, headers)
    return Response(found.model_dump_json(), found.status, dict(headers or {}), MEDIA_TYPE)
