"""Compares two answers of one endpoint place by place: status, headers, then the body by structure and by value.

The first is the one expected: the recorded answer, or that of the target compared against. Values that the two sides
issued are compared by the names that they have on each side; a place that issues values is compared by type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from smartsandbox.packs.places import Pairs, parsed, url_parts
from smartsandbox.packs.pointer import escaped
from smartsandbox.replay_engine.drive.judging.names import renamed
from smartsandbox.replay_engine.drive.judging.rules import Keep, Rules, is_number, json_type

STATUS = "status"
MESSAGE = "message:"
"""What stands before a JSON Pointer into a message of a WebSocket."""
_VALIDATORS = frozenset(("header:etag", "header:last-modified"))
"""What they say is told by the body; their values mean nothing to anyone but their server (RFC 9110, 8.8)."""


class Kind(StrEnum):
    """In what two answers differ at a place."""

    STATUS = "status"
    MISSING = "missing"
    ADDED = "added"
    TYPE = "type"
    VALUE = "value"
    LENGTH = "length"
    ORDER = "order"
    ENDING = "ending"
    """Only one of the two was a complete answer."""


class Heard(NamedTuple):
    """An answer as far as it is compared: header names in lower case, the body with its content coding undone."""

    status: int
    headers: Pairs
    body: bytes


class Finding(NamedTuple):
    """A difference: its kind, its place, and the two values, which must not leave the run."""

    kind: Kind
    place: str
    one: Any = None
    other: Any = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What may differ. `issued` are places of answers (endpoint, place) that issue values; `names` and `origins` map
    values and URL origins of the first side to those of the other."""

    endpoint: str
    rules: Rules = field(default_factory=Rules)
    issued: frozenset[tuple[str, str]] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)

    def compare(self, one: Heard, other: Heard) -> Iterator[Finding]:
        """Every difference, in no order; the same kind at the same place may come again."""
        if one.status != other.status:
            yield from self._unless_ruled(Finding(Kind.STATUS, STATUS, one.status, other.status))
        yield from self._members("", _fields(one.headers), _fields(other.headers), "")
        if one.body == other.body:
            return
        documents = parsed(one.body), parsed(other.body)
        if documents[0] is None or documents[1] is None:
            yield from self._node("", _text(one.body), _text(other.body))
        else:
            yield from self._node("", *documents)

    def compare_messages(self, one: bytes, other: bytes) -> Iterator[Finding]:
        """Every difference of two messages of a WebSocket."""
        documents = parsed(one), parsed(other)
        if documents[0] is None or documents[1] is None:
            yield from self._node(MESSAGE, _text(one), _text(other))
        else:
            yield from self._node(MESSAGE, *documents)

    def _unless_ruled(self, finding: Finding) -> Iterator[Finding]:
        rule = self.rules.at(self.endpoint, finding.place)
        if rule is None or rule.keep is not Keep.IGNORE:
            yield finding

    def _node(self, place: str, one: Any, other: Any) -> Iterator[Finding]:
        rule = self.rules.at(self.endpoint, place)
        if rule is not None and rule.keep is not Keep.UNORDERED:
            if not rule.holds(one, other):
                yield Finding(Kind.VALUE if json_type(one) == json_type(other) else Kind.TYPE, place, one, other)
        elif json_type(one) != json_type(other):
            yield Finding(Kind.TYPE, place, one, other)
        elif isinstance(one, dict):
            yield from self._members(place, one, other)
        elif isinstance(one, list):
            yield from self._elements(place, one, other, ordered=rule is None)
        elif not self._alike(place, one, other):
            yield Finding(Kind.VALUE, place, one, other)

    def _members(
        self, place: str, one: Mapping[str, Any], other: Mapping[str, Any], mark: str = "/"
    ) -> Iterator[Finding]:
        for key in one.keys() | other.keys():
            if key in one and key in other and _equal(one[key], other[key]):
                continue
            child = f"{place}{mark}{escaped(key) if mark else key}"
            if key not in other:
                yield from self._unless_ruled(Finding(Kind.MISSING, child, one[key]))
            elif key not in one:
                yield from self._unless_ruled(Finding(Kind.ADDED, child, None, other[key]))
            else:
                yield from self._node(child, one[key], other[key])

    def _elements(self, place: str, one: list[Any], other: list[Any], *, ordered: bool) -> Iterator[Finding]:
        if len(one) != len(other):
            yield Finding(Kind.LENGTH, place, len(one), len(other))
        if not ordered:
            one, other = self._sorted(place, one, rename=True), self._sorted(place, other, rename=False)
        pairs = [pair for pair in zip(one, other, strict=False) if not _equal(*pair)]
        found = [finding for pair in pairs for finding in self._node(f"{place}/*", *pair)]
        if found and ordered and self._keys(place, one, rename=True) == self._keys(place, other, rename=False):
            yield Finding(Kind.ORDER, place, one, other)
        else:
            yield from found

    def _sorted(self, place: str, items: list[Any], *, rename: bool) -> list[Any]:
        return sorted(items, key=lambda item: self._key(f"{place}/*", item, rename=rename))

    def _keys(self, place: str, items: list[Any], *, rename: bool) -> list[bytes]:
        return sorted(self._key(f"{place}/*", item, rename=rename) for item in items)

    def _key(self, place: str, node: Any, *, rename: bool) -> bytes:
        """What of an element decides its place in an order: all that is neither ruled nor issued."""
        return orjson.dumps(self._lasting(place, node, rename), option=orjson.OPT_SORT_KEYS)

    def _lasting(self, place: str, node: Any, rename: bool) -> Any:
        if self.rules.at(self.endpoint, place) is not None or (self.endpoint, place) in self.issued:
            return None
        if isinstance(node, dict):
            return {key: self._lasting(f"{place}/{escaped(key)}", child, rename) for key, child in node.items()}
        if isinstance(node, list):
            return [self._lasting(f"{place}/*", child, rename) for child in node]
        return renamed(node, self.names, self.origins) if rename and isinstance(node, str) else node

    def _alike(self, place: str, one: Any, other: Any) -> bool:
        """For two values of one JSON type that are neither lists nor objects."""
        if one == other or place in _VALIDATORS or (self.endpoint, place) in self.issued:
            return True
        if is_number(one):
            return self.names.get(str(one)) == str(other)
        if not isinstance(one, str):
            return False
        return renamed(one, self.names, self.origins) == other or self._same_url(place, one, other)

    def _same_url(self, place: str, one: str, other: str) -> bool:
        """True for URLs that differ in a part only that issues values."""
        issued = {part for part, _ in url_parts(one) if (self.endpoint, f"url:{part}:{place}") in self.issued}
        if not issued:
            return False
        mine, theirs = dict(url_parts(renamed(one, self.names, self.origins))), dict(url_parts(other))
        return mine.keys() == theirs.keys() and all(mine[part] == theirs[part] for part in mine.keys() - issued)


def _equal(one: Any, other: Any) -> bool:
    """True for two equal values that hold no others; most are, and need no rule."""
    return one.__class__ is other.__class__ and one == other and one.__class__ not in (dict, list)


def _fields(headers: Pairs) -> dict[str, str]:
    """Headers by place; several of one name are one field, as HTTP has it. Each cookie's value is a field of its own;
    what all cookies are set with, other than values and dates, is that of Set-Cookie."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name == "set-cookie":
            cookie, rest = value.partition("=")[::2]
            content, *attributes = (part.strip() for part in rest.split(";"))
            found[f"cookie:{cookie.strip()}"] = content
            kept = sorted(part.lower() for part in attributes if not part.lower().startswith("expires"))
            value = "; ".join((cookie.strip(), *kept))
        place = f"header:{name}"
        found[place] = f"{found[place]}, {value}" if place in found else value
    return found


def _text(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")
