"""Follows values from the answers of a session into its later requests.

A value is followed if it looks issued (an id, a token, a cursor: long enough, with a digit in it), or if its place says
what it is: a cookie under the same name, a validator of the same path, a short id where both sides name one kind of
thing (`/cards/{card_id}` or a field `card`, and the id in an answer about cards). What the client sent before any
answer held it is the client's own, and an answer that repeats it issued nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar
from urllib.parse import unquote

from smartsandbox.packs.nouns import singular
from smartsandbox.packs.places import Leaf
from smartsandbox.packs.slots import VALIDATORS, Slot

MIN_LENGTH = 6

_ISSUED = re.compile(
    rf"(?=.*\d)[A-Za-z0-9_.~+/=:-]{{{MIN_LENGTH},}}"
    r"|[A-Za-z]{1,12}_(?=(?:[^A-Z]*[A-Z]){3})(?=(?:[^a-z]*[a-z]){3})[A-Za-z]{10,}"  # card_qcaOpJdysGnklBNC
)
_TIMES = re.compile(r"\d{4}-\d{2}-\d{2}.*|1[5-9]\d{8}(?:\d{3})?(?:\.\d+)?")
_SHORT = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
_ID_KEYS = frozenset(("id", "_id", "uid", "uuid", "guid", "slug", "key"))
_WRAPPERS = frozenset(
    (
        "content",
        "data",
        "edges",
        "items",
        "list",
        "node",
        "nodes",
        "objects",
        "payload",
        "records",
        "response",
        "result",
        "results",
    )
)
"""Names around a thing that do not say what it is."""
_NAMED_ID = re.compile(r"(.+?)(?:_id\d*|Id|ID|-id)")
_LITERAL = re.compile(r"[A-Za-z][A-Za-z_-]+")

T = TypeVar("T")
Key = str | tuple[str, ...]


def looks_issued(value: str) -> bool:
    """True for an id, a token or a cursor; false for words, short numbers and times."""
    return _ISSUED.fullmatch(value) is not None and _TIMES.fullmatch(value) is None


class Follower(Generic[T]):
    """What one client has been told so far, and by whom: a tag of the caller's choosing for each answer."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[Key, tuple[T, Leaf] | None] = {}

    def asked(self, requested: Iterable[Slot], path: str) -> Iterator[tuple[Slot, tuple[T, Leaf] | None]]:
        """The slots of a request that can be followed, each with the answer and place its value came from, if any."""
        for slot in requested:
            keys = slot_keys(slot, path)
            if keys:
                found = next((source for key in keys if (source := self._known.get(key))), None)
                if found is None and (slot.location == "path" or isinstance(keys[-1], str)):
                    self._known.setdefault(keys[-1], None)
                yield slot, found

    def issuer(self, value: str) -> tuple[T, Leaf] | None:
        """The answer and place that an issued-looking value came from, whatever asks for it."""
        return self._known.get(value)

    def answered(self, tag: T, told: Iterable[Leaf], path: str, endpoint: str) -> None:
        """Take up what an answer to `path` told. Of several answers with a value the first one issued it; a cookie or
        a validator is as new as the last answer that set it."""
        for leaf in told:
            for key in leaf_keys(leaf, path, endpoint):
                if isinstance(key, tuple) and key[0] != "id":
                    self._known[key] = (tag, leaf)
                else:
                    self._known.setdefault(key, (tag, leaf))


def slot_keys(slot: Slot, path: str) -> list[Key]:
    """By what the source of a slot's value is looked for, the surest first; nothing for a value not to follow."""
    location, pointer, value = slot
    if location == "header" and pointer in VALIDATORS:
        return [(VALIDATORS[pointer], path, value)]
    keys: list[Key] = [("cookie", pointer, value)] if location == "cookie" else []
    if looks_issued(value):
        keys += [("query", pointer, value), value] if location == "query" else [value]
    elif location in ("path", "query", "body") and _SHORT.fullmatch(value):
        name = pointer.removesuffix("/*").rpartition("/")[2]
        keys.append(("id", _noun_of_name(name) or singular(name.lower()), value))
    return keys


def leaf_keys(leaf: Leaf, path: str, endpoint: str) -> Iterator[Key]:
    """Under what a value of an answer can be found by later requests."""
    place, _, value = leaf
    if place in ("header:etag", "header:last-modified"):
        yield (place[7:], path, value)
        return
    if place.startswith("cookie:"):
        yield ("cookie", place[7:], value)
    if looks_issued(value):
        if place.startswith("url:query/"):
            yield ("query", unquote(place.split(":")[1][6:]), value)
        yield value
    elif place.startswith("/") and _SHORT.fullmatch(value):
        yield from (("id", noun, value) for noun in _nouns_of(place, endpoint))


def _nouns_of(place: str, endpoint: str) -> Iterator[str]:
    """What a short id in a body may be the id of: `/order/id`, `/order_id`, and `/id` at an endpoint of orders."""
    tokens = [token for token in place.split("/")[1:] if token != "*"]
    if not tokens:
        return
    if tokens[-1] not in _ID_KEYS:
        named = _noun_of_name(tokens[-1])
        yield from (named,) if named else ()
        return
    if len(tokens) > 1 and tokens[-2].lower() not in _WRAPPERS:
        yield singular(tokens[-2].lower())
    else:
        literals = [part for part in endpoint.split("/")[1:] if _LITERAL.fullmatch(part)]
        yield from (singular(part.lower().replace("-", "_")) for part in literals[-1:])


def _noun_of_name(name: str) -> str:
    """ "order" for order_id, orderId and order-id; nothing for a name that says no such thing."""
    found = _NAMED_ID.fullmatch(name)
    return found[1].lower().replace("-", "_") if found else ""
