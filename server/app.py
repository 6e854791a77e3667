"""The application: routes, pages, handlers and middleware put together, and the OpenAPI document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from pydantic.json_schema import models_json_schema
from starlette.middleware import Middleware

from smartsandbox import __version__
from smartsandbox.packs.store import Store
from smartsandbox.server.handlers import install
from smartsandbox.server.middleware import Guard, Head, Headed, HostGate
from smartsandbox.server.models.problem import Problem
from smartsandbox.server.pages import catalogue, certificate, fixture, pack, problems
from smartsandbox.server.pages.render import environment
from smartsandbox.server.routes import fixtures, health, packs
from smartsandbox.server.settings import Settings

API = "/api/v1"
DESCRIPTION = """The catalogue of replay packs and fixture sets: what is published, its shape, its privacy certificate
and its files. TEST ONLY: everything here is made for API sandboxes.

Every error is a problem detail (RFC 9457). Every answer carries an entity tag. Lists come in pages: follow `next`, or
the `Link` header."""


def create_app(settings: Settings) -> FastAPI:
    """An application over the store of the settings. Raises UsageError if the store cannot be opened."""
    app = FastAPI(
        title="SmartSandbox catalogue",
        version=__version__,
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # the bundled documentation pages load scripts from a foreign host
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(Headed),
            Middleware(Guard),
            Middleware(HostGate, allowed=settings.allowed_hosts),
            Middleware(Head),
        ],
    )
    app.state.store = Store(settings.store_url)
    app.state.templates = environment()
    _route(app)
    install(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _route(app: FastAPI) -> None:
    api = APIRouter(prefix=API)
    for module in (health, packs, fixtures):
        api.include_router(module.router)
    app.include_router(api)
    for page in (catalogue, pack, fixture, certificate, problems):
        app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")


def _openapi(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    _, schemas = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    document["components"]["schemas"].update(schemas["$defs"])
    document["tags"] = [
        {"name": "packs", "description": "Anonymised production traffic, frozen for replay."},
        {"name": "fixtures", "description": "Synthetic records with stable ids."},
        {"name": "health", "description": "For probes."},
    ]
    return document
