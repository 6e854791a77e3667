"""The places of a request that a value of an earlier answer may fill, and the values there.

A place is a location and a name there: the parameter of a path, the name of a query or form field, a header, a cookie,
or a JSON Pointer into the body, with "*" for array indexes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from smartsandbox.packs.endpoints import MAX_DEPTH
from smartsandbox.packs.model import Request, header
from smartsandbox.packs.places import Pairs, parsed, scalars

LOCATIONS = frozenset(("path", "query", "header", "cookie", "body"))
VALIDATORS = {
    "if-match": "etag",
    "if-none-match": "etag",
    "if-range": "etag",
    "if-modified-since": "last-modified",
    "if-unmodified-since": "last-modified",
}
"""Conditional headers (RFC 9110, 13.1) and the field of an answer that they quote."""

_DULL = frozenset(
    (
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "host",
        "origin",
        "pragma",
        "range",
        "te",
        "user-agent",
    )
)


class Slot(NamedTuple):
    """A value in a request; `location` is path, query, header, cookie or body."""

    location: str
    pointer: str
    value: str


def slots(request: Request, endpoint: str, locations: Collection[str] = LOCATIONS) -> Iterator[Slot]:
    """Every value of a request with its place, in order of location; or those in some locations only."""
    if "path" in locations:
        for _, name, segment in path_parameters(endpoint, request.path):
            yield Slot("path", name, unquote(segment))
    if "query" in locations:
        for name, value in parse_qsl(request.query, errors="replace"):
            yield Slot("query", name, value)
    if "header" in locations or "cookie" in locations:
        yield from _of_headers(request.headers)
    if "body" in locations:
        yield from _of_body(request)


def _of_body(request: Request) -> Iterator[Slot]:
    if is_form(header(request.headers, "content-type") or ""):
        for name, value in parse_qsl(request.body.decode("utf-8", "replace"), errors="replace"):
            yield Slot("body", name, value)
    else:
        yield from (Slot("body", place, str(value)) for place, _, value in scalars(parsed(request.body)))


def is_form(content_type: str) -> bool:
    """True for a body of name and value pairs, as HTML forms send it."""
    return "x-www-form-urlencoded" in content_type.lower()


def path_parameters(endpoint: str, path: str) -> Iterator[tuple[int, str, str]]:
    """Which segment of a path, split at "/", fills which parameter of its endpoint: place, name, segment as it is."""
    template = endpoint.partition(" ")[2].split("/")
    for number, (name, segment) in enumerate(zip(template, path.split("/", MAX_DEPTH), strict=False)):
        if name.startswith("{") and segment:
            yield number, name[1:-1], segment


def _of_headers(headers: Pairs) -> Iterator[Slot]:
    for name, value in headers:
        lower = name.lower()
        if lower == "cookie":
            for pair in value.split(";"):
                cookie, _, content = pair.strip().partition("=")
                yield Slot("cookie", cookie, content)
        elif lower == "authorization":
            scheme, _, token = value.partition(" ")
            yield Slot("header", lower, token or scheme)
        elif lower in ("if-match", "if-none-match"):
            yield from (Slot("header", lower, tag.strip()) for tag in value.split(","))
        elif lower not in _DULL:
            yield Slot("header", lower, value)
