"""A request as a flat list of fields: one for each query parameter, named header, and leaf of the body.

JSON is read as values: key order, white space and the spelling of numbers do not matter. A form is its pairs, a
multipart body its parts by name. A body that is none of these, or does not parse, is one field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

from smartsandbox.packs.matching.multipart import parts_of
from smartsandbox.packs.matching_rules import BODY

MAX_FIELDS = 5000
"""Leaves of one body that are told apart; a larger body is one field."""

_LONG = 4096
_PLAIN_DIGITS = 40


class Number(str):
    """A JSON number in its canonical spelling."""

    __slots__ = ()


class Field(NamedTuple):
    """`value` begins with its type: s: text, n: number, b: true or false, z: null, e: an empty object or array, d: the
    digest of something long, q: a GraphQL document."""

    part: str
    place: tuple[str | int, ...]
    value: str


def body_fields(content_type: str, body: bytes) -> list[Field]:
    """The fields of a body, in its own order; none for an empty one."""
    if not body:
        return []
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return form_fields(body)
    if kind.startswith("multipart/"):
        return list(_multipart_fields(content_type, body))
    if is_json(kind, body):
        tree = parsed_json(body)
        if tree is not _UNREADABLE:
            return tree_fields(tree)
    return [Field(BODY, (), opaque(body))]


def is_json(kind: str, body: bytes) -> bool:
    """True if a body says that it is JSON, or says nothing and begins like it."""
    return kind.endswith("json") or (not kind and body[:1] in b"{[")


_UNREADABLE = object()


def parsed_json(body: bytes | str) -> Any:
    """The document, numbers as Number; `is_unreadable` of it is true where it is none."""
    try:
        return json.loads(body, parse_int=canonical_number, parse_float=canonical_number, parse_constant=Number)
    except (ValueError, RecursionError):
        return _UNREADABLE


def is_unreadable(tree: Any) -> bool:
    """True for what `parsed_json` gives for something that is not JSON."""
    return tree is _UNREADABLE


def canonical_number(text: str) -> Number:
    """Numbers of one value have one spelling: 12.50, 1.25e1 and 12.5 are all 12.5."""
    try:
        sign, digits, exponent = Decimal(text).as_tuple()
    except InvalidOperation:
        return Number(text)
    if not isinstance(exponent, int):
        return Number(text)
    plain = "".join(map(str, digits)).lstrip("0")
    stripped = plain.rstrip("0")
    if not stripped:
        return Number("0")
    exponent += len(plain) - len(stripped)
    minus = "-" if sign else ""
    if exponent >= 0 and len(stripped) + exponent <= _PLAIN_DIGITS:
        return Number(minus + stripped + "0" * exponent)
    if 0 < -exponent < _PLAIN_DIGITS:
        padded = stripped.rjust(1 - exponent, "0")
        return Number(f"{minus}{padded[:exponent]}.{padded[exponent:]}")
    return Number(f"{minus}{stripped}e{exponent}")


def tree_fields(tree: Any, part: str = BODY, under: tuple[str | int, ...] = ()) -> list[Field]:
    """The leaves of a JSON document."""
    found: list[Field] = []
    queue: list[tuple[tuple[str | int, ...], Any]] = [(under, tree)]
    while queue:
        place, node = queue.pop()
        if isinstance(node, dict) and node:
            queue.extend(((*place, key), child) for key, child in node.items())
        elif isinstance(node, list) and node:
            queue.extend(((*place, at), child) for at, child in enumerate(node))
        else:
            found.append(Field(part, place, typed(node)))
        if len(queue) + len(found) > MAX_FIELDS:
            return [Field(part, under, opaque(orjson.dumps(tree, option=orjson.OPT_SORT_KEYS, default=str)))]
    return found


def typed(leaf: Any) -> str:
    """A leaf with its type before it."""
    if isinstance(leaf, Number):
        return f"n:{leaf}"
    if isinstance(leaf, str):
        return text_value(leaf)
    if leaf is None:
        return "z:"
    if isinstance(leaf, bool):
        return "b:true" if leaf else "b:false"
    return "e:{}" if isinstance(leaf, dict) else "e:[]"


def text_value(text: str) -> str:
    """A text, or its digest if it is long."""
    return f"s:{text}" if len(text) <= _LONG else opaque(text.encode("utf-8", "surrogatepass"))


def opaque(body: bytes) -> str:
    """Bytes that are not looked into."""
    if len(body) <= _LONG:
        try:
            return f"s:{body.decode()}"
        except UnicodeDecodeError:
            pass
    return f"d:{blake2b(body, digest_size=16).hexdigest()}"


def form_fields(body: bytes) -> list[Field]:
    """The pairs of a urlencoded form."""
    return [Field(BODY, (name,), text_value(value)) for name, value in pairs_of(body.decode("utf-8", "replace"))]


def pairs_of(text: str) -> list[tuple[str, str]]:
    """Decoded pairs of a query or a form, in their order."""
    try:
        return parse_qsl(text, keep_blank_values=True)
    except ValueError:
        return [(text, "")]


def _multipart_fields(content_type: str, body: bytes) -> Iterator[Field]:
    parts = parts_of(content_type, body)
    if parts is None:
        yield Field(BODY, (), opaque(body))
        return
    for part in parts:
        tree = parsed_json(part.content) if part.kind.endswith("json") else _UNREADABLE
        if tree is not _UNREADABLE:
            yield from tree_fields(tree, BODY, (part.name,))
        else:
            yield Field(BODY, (part.name,), opaque(part.content))
        if part.filename is not None:
            yield Field(BODY, (part.name, "filename"), text_value(part.filename))


def encoded(fields: Iterable[Field]) -> list[bytes]:
    """Fields as bytes that are equal where they are, sorted, so that their order does not matter."""
    return sorted(_netstrings(field).encode("utf-8", "surrogatepass") for field in fields)


def _netstrings(field: Field) -> str:
    steps = [f"[{step}" if isinstance(step, int) else f"/{step}" for step in field.place]
    return "".join(f"{len(text)}:{text}" for text in (field.part, *steps, field.value))
