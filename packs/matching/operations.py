"""GraphQL over HTTP: the operations of a request, in a JSON body, in a batch, in a query string, or by their hash.

An operation becomes fields: its document, its name, its variables by value. A request has up to three variants of
them, from strict to lenient: documents with their aliases, without them, and by the SHA-256 that names a persisted
query. Extensions decide nothing but that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from smartsandbox.packs.matching.fields import Field, is_unreadable, parsed_json, text_value, tree_fields
from smartsandbox.packs.matching.graphql import Document, document_of, looks_like_graphql
from smartsandbox.packs.matching_rules import BODY

_OWN = frozenset(("query", "operationName", "variables", "extensions"))
_MAX_BATCH = 100

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: where it stands, its document or None, the hash that names it, and its other fields."""

    place: Place
    document: Document | None
    digest: str
    rest: tuple[Field, ...]


def operations_in(tree: Any) -> tuple[Operation, ...]:
    """The operations of a JSON document that is a GraphQL request or a batch of them; else none."""
    batch = tree if isinstance(tree, list) else [tree]
    if not 0 < len(batch) <= _MAX_BATCH:
        return ()
    under: list[Place] = [(at,) for at in range(len(batch))] if isinstance(tree, list) else [()]
    found = [_operation(item, place) for item, place in zip(batch, under, strict=True)]
    return tuple(item for item in found if item is not None) if all(found) else ()


def operation_in_query(pairs: list[tuple[str, str]]) -> tuple[Operation, ...]:
    """The operation of a GET request; its parameters are those of the body that would ask the same."""
    asked = dict(reversed(pairs))
    if "query" not in asked and "extensions" not in asked:
        return ()
    tree: dict[str, Any] = {name: asked[name] for name in ("query", "operationName") if name in asked}
    for name in ("variables", "extensions"):
        value = parsed_json(asked[name]) if name in asked else None
        if is_unreadable(value):
            return ()
        tree[name] = value
    return operations_in(tree)


def is_operation_parameter(name: str) -> bool:
    """True for the query parameters that `operation_in_query` reads."""
    return name in _OWN


def _operation(tree: Any, place: Place) -> Operation | None:
    if not isinstance(tree, dict):
        return None
    text, digest = tree.get("query"), _persisted(tree.get("extensions"))
    document = document_of(text) if isinstance(text, str) and looks_like_graphql(text) else None
    if document is None and (text or not digest):
        return None
    return Operation(place, document, document.digest if document else digest, tuple(_rest(tree, place, document)))


def _persisted(extensions: Any) -> str:
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return digest.lower() if isinstance(digest, str) else ""


def _rest(tree: dict[str, Any], place: Place, document: Document | None) -> Iterator[Field]:
    name = tree.get("operationName")
    if not name and document is not None and len(document.operations) == 1:
        name = document.operations[0]
    if isinstance(name, str) and name:
        yield Field(BODY, (*place, "operationName"), text_value(name))
    if tree.get("variables"):
        yield from tree_fields(tree["variables"], BODY, (*place, "variables"))
    for key, value in tree.items():
        if key not in _OWN:
            yield from tree_fields(value, BODY, (*place, key))


def variants(operations: tuple[Operation, ...]) -> tuple[tuple[Field, ...], ...]:
    """The fields of all operations, strictest first."""
    found = []
    if all(item.document is not None for item in operations):
        found = [_fields(operations, "full"), _fields(operations, "plain")]
    return (*found, _fields(operations, "digest"))


def _fields(operations: tuple[Operation, ...], form: str) -> tuple[Field, ...]:
    fields: list[Field] = []
    for item in operations:
        document = item.document
        if form == "digest" or document is None:
            value = f"p:{item.digest}"
        else:
            value = f"q:{document.full}" if form == "full" else f"a:{document.plain}"
        # A request by hash alone has no document to take the operation's name from.
        rest = [field for field in item.rest if form != "digest" or field.place[-1:] != ("operationName",)]
        fields += [Field(BODY, (*item.place, "query"), value), *rest]
    return tuple(fields)
