"""What the OpenAPI document says of answers: their headers, examples and problems."""

from __future__ import annotations

from typing import Any

from smartsandbox.server.models.base import Model
from smartsandbox.server.problems import INTERNAL, MEDIA_TYPE, MISDIRECTED, Kind, problem

Responses = dict[int | str, dict[str, Any]]

_ETAG = {"description": "Names these very bytes; send it back in If-None-Match.", "schema": {"type": "string"}}
_LINK = {
    "description": "The next page, if there is one (RFC 8288).",
    "schema": {"type": "string"},
    "required": False,
}


def documented(example: Model, *kinds: Kind, paged: bool = False) -> Responses:
    """The answers of a route that gives JSON: an example of success, 304, and the problems it can meet."""
    headers = {"ETag": _ETAG, "Link": _LINK} if paged else {"ETag": _ETAG}
    content = {"application/json": {"example": example.model_dump(mode="json")}}
    return {200: {"description": "Found", "headers": headers, "content": content}, **_others(kinds)}


def documented_file(media_types: list[str], *kinds: Kind) -> Responses:
    """The answers of a route that gives a file."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    headers = {"ETag": _ETAG, "Content-Disposition": {"schema": {"type": "string"}}}
    content = dict.fromkeys(media_types, schema)
    return {200: {"description": "The files", "headers": headers, "content": content}, **_others(kinds)}


def _others(kinds: tuple[Kind, ...]) -> Responses:
    unchanged = {"description": "The client holds the current answer", "headers": {"ETag": _ETAG}}
    return {304: unchanged, **{kind.status: _problem(kind) for kind in (*kinds, MISDIRECTED, INTERNAL)}}


def _problem(kind: Kind) -> dict[str, Any]:
    example = problem(kind, kind.advice, "/api/v1/packs/payments").model_dump(mode="json")
    reference = {"$ref": "#/components/schemas/Problem"}
    return {"description": kind.title, "content": {MEDIA_TYPE: {"schema": reference, "example": example}}}
