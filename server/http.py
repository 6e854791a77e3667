"""Answers over HTTP: JSON with an entity tag, conditional requests, and the Link header of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Header, Path, Request, Response

from smartsandbox.packs.canonical import digest_bytes
from smartsandbox.packs.store import Store
from smartsandbox.server.models.base import NAME_PATTERN, Model

IfNoneMatch = Annotated[
    str | None,
    Header(description='Entity tags that the client holds; 304 if one is current. Example: "5b8c..."'),
]
Name = Annotated[str, Path(pattern=NAME_PATTERN, description="The published name.", examples=["payments"])]
Version = Annotated[str, Path(pattern=NAME_PATTERN, description="The published version.", examples=["2f1d9c04b7aa"])]


def store_of(request: Request) -> Store:
    """The store that this application was made for."""
    store: Store = request.app.state.store
    return store


StoreDep = Annotated[Store, Depends(store_of)]


def answer(request: Request, model: Model, headers: Mapping[str, str] | None = None) -> Response:
    """A model as JSON, or 304 where the client holds these very bytes."""
    content = model.model_dump_json().encode()
    etag = f'"{digest_bytes(content)}"'
    if is_current(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers={"ETag": etag})
    return Response(content, media_type="application/json", headers={"ETag": etag, **(headers or {})})


def is_current(if_none_match: str | None, etag: str) -> bool:
    """The weak comparison of RFC 9110, 13.1.2."""
    tags = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return "*" in tags or etag in tags


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The Link header (RFC 8288) of the page after this one, if there is one."""
    if cursor is None:
        return {}
    following = request.url.include_query_params(cursor=cursor)
    return {"Link": f'<{following.path}?{following.query}>; rel="next"'}
