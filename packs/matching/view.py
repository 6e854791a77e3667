"""A request taken apart for matching: its endpoint, the values bound in its path, and its fields."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from smartsandbox.packs.endpoints import Bound, EndpointTable
from smartsandbox.packs.key import canonical_path
from smartsandbox.packs.matching.asked import Asked
from smartsandbox.packs.matching.fields import (
    Field,
    body_fields,
    is_json,
    is_unreadable,
    pairs_of,
    parsed_json,
    text_value,
)
from smartsandbox.packs.matching.operations import (
    Operation,
    is_operation_parameter,
    operation_in_query,
    operations_in,
    variants,
)
from smartsandbox.packs.matching_rules import HEADER, QUERY, Matching

_GRAPHQL = "application/graphql"


@dataclass(frozen=True)
class View:
    """`scope` is what the keys of a request are kept under: its endpoint, or the path of a GraphQL endpoint, whatever
    the method. `variants` are its fields, strictest first: more than one for GraphQL only."""

    endpoint: str
    scope: str
    path: bytes
    params: tuple[tuple[str, str], ...]
    variants: tuple[tuple[Field, ...], ...]
    operations: tuple[Operation, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The strictest variant."""
        return self.variants[0]

    @cached_property
    def values(self) -> dict[str, str]:
        """The values bound in the path, decoded, by parameter name."""
        return {name: unquote(segment) for name, segment in self.params}


def view_of(asked: Asked, endpoints: EndpointTable, matching: Matching) -> View | None:
    """The view of a request, or None where the pack has no endpoint for it."""
    pairs = pairs_of(asked.query) if asked.query else []
    operations = _operations(asked, pairs)
    bound = endpoints.match(asked.method, asked.path) or _other_method(asked, endpoints, operations)
    if bound is None:
        return None
    template = bound.name.partition(" ")[2]
    common = [*_query_fields(pairs, matching, operations), *_header_fields(asked)]
    if operations:
        forms = tuple((*common, *fields) for fields in variants(operations))
    else:
        forms = ((*common, *body_fields(asked.content_type, asked.body)),)
    return View(
        bound.name,
        f"graphql {template}" if operations else bound.name,
        canonical_path(asked.path),
        bound.params,
        forms,
        operations,
    )


def _other_method(asked: Asked, endpoints: EndpointTable, operations: tuple[Operation, ...]) -> Bound | None:
    """GraphQL means the same by GET and by POST."""
    other = {"GET": "POST", "POST": "GET"}.get(asked.method.upper()) if operations else None
    return endpoints.match(other, asked.path) if other else None


def _operations(asked: Asked, pairs: list[tuple[str, str]]) -> tuple[Operation, ...]:
    if not asked.body:
        return operation_in_query(pairs) if pairs and asked.method.upper() == "GET" else ()
    kind = asked.content_type.partition(";")[0].strip().lower()
    tree: Any = None
    if kind == _GRAPHQL:
        tree = {"query": asked.body.decode("utf-8", "replace")}
    elif is_json(kind, asked.body) and (b'"query"' in asked.body or b"persistedQuery" in asked.body):
        tree = parsed_json(asked.body)
    return () if tree is None or is_unreadable(tree) else operations_in(tree)


def _query_fields(pairs: list[tuple[str, str]], matching: Matching, operations: tuple[Operation, ...]) -> list[Field]:
    return [
        Field(QUERY, (name,), text_value(value))
        for name, value in pairs
        if name not in matching.volatile_query and not (operations and is_operation_parameter(name))
    ]


def _header_fields(asked: Asked) -> list[Field]:
    return [Field(HEADER, (name,), text_value(value)) for name, value in asked.headers]
