"""Templates to answers: one environment an application, strict about names, escaping everything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from smartsandbox import __version__
from smartsandbox.server.pages import charts, words

TEMPLATES = Path(__file__).parent.parent / "templates"


def environment() -> Environment:
    """The templates with the filters and charts that they use."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(words.FILTERS)
    made.globals.update(version=__version__, area=charts.area, sparkline=charts.sparkline, stacked=charts.stacked)
    return made


def render(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page. `request` gives the address of this server for the snippets."""
    made: Environment = request.app.state.templates
    content = made.get_template(template).render(context, base=str(request.base_url).rstrip("/"))
    return HTMLResponse(content, status, dict(headers or {}))
