"""The places of an answer where a value can stand that a later request needs, and the values there.

A place is one text: a JSON Pointer (RFC 6901) into the body; `header:NAME`; `cookie:NAME` for a Set-Cookie; `link:REL`
for a target of the Link header; or `url:PART:PLACE` for a part of the URL at a place, where PART is `path/-1` (the
last segment, -2 the one before it) or `query/NAME`. In links an array index is "*"; to read a value it is a number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import orjson

from smartsandbox.packs.pointer import escaped, unescaped

MAX_LEAVES = 2000
"""Leaves of one body that are looked at; a longer list repeats the same pointers."""

Pairs = Sequence[tuple[str, str]]

_DULL = frozenset(
    (
        "accept-ranges",
        "age",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "date",
        "expires",
        "keep-alive",
        "server",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "via",
        "x-powered-by",
    )
)
_LINK = re.compile(r"<([^>]*)>([^<]*)")
_REL = re.compile(r"""\brel\s*=\s*["']?([\w.-]+)""")
_MAX_URL = 4096


class Leaf(NamedTuple):
    """A value in an answer: its place with "*" for array indexes, the same with their numbers, and the value."""

    place: str
    at: str
    value: str


def parsed(body: bytes) -> Any:
    """The JSON value of a body that is an object or an array; None for any other."""
    if body[:1] not in (b"{", b"["):
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def leaves(headers: Pairs, body: bytes) -> Iterator[Leaf]:
    """Every value of an answer with its place: the body's, breadth first, those of the headers, then parts of URLs."""
    whole = [Leaf(place, at, str(value)) for place, at, value in scalars(parsed(body))]
    whole.extend(_of_headers(headers))
    yield from whole
    for leaf in whole:
        yield from _url_leaves(leaf)


class Wanted:
    """Some places of answers, to be read without a look at the rest."""

    def __init__(self, places: Collection[str]) -> None:
        self._parts = [(place, *place.split(":", 2)[1:]) for place in places if place.startswith("url:")]
        whole = {*(place for place in places if not place.startswith("url:")), *(base for *_, base in self._parts)}
        self._shown = frozenset(place for place in places if not place.startswith("url:"))
        self._pointers = [(place, place.split("/")[1:]) for place in sorted(whole) if place[:1] in ("/", "")]
        self._headers = whole - {place for place, _ in self._pointers}

    @property
    def in_headers(self) -> bool:
        """True if a place is outside the body."""
        return bool(self._headers)

    def leaves(self, headers: Pairs, body: bytes) -> Iterator[Leaf]:
        """What stands at these places of an answer: as `leaves`, less all others."""
        document = parsed(body) if self._pointers else None
        found = [
            Leaf(place, at, str(value))
            for place, tokens in self._pointers
            for at, value in _standing(document, tokens, "")
        ]
        if self._headers:
            found += (leaf for leaf in _of_headers(headers) if leaf.place in self._headers)
        yield from (leaf for leaf in found if leaf.place in self._shown)
        for place, part, base in self._parts:
            for leaf in found:
                value = dict(url_parts(leaf.value)).get(part) if leaf.place == base else None
                if value is not None:
                    yield Leaf(place, f"url:{part}:{leaf.at}", value)


def _standing(node: Any, tokens: list[str], at: str) -> Iterator[tuple[str, str | int]]:
    """The strings and whole numbers at a pointer with "*" for indexes, each with its own pointer."""
    for number, token in enumerate(tokens):
        if isinstance(node, list) and token == "*":
            for index, child in enumerate(node):
                yield from _standing(child, tokens[number + 1 :], f"{at}/{index}")
            return
        if not isinstance(node, dict):
            return
        node, at = node.get(unescaped(token)), f"{at}/{token}"
    if isinstance(node, str) or (isinstance(node, int) and not isinstance(node, bool)):
        yield at, node


def scalars(document: Any) -> Iterator[tuple[str, str, str | int]]:
    """String and whole-number leaves, breadth first, up to MAX_LEAVES: pointer with "*", with indexes, and value."""
    queue: list[tuple[str, str, Any]] = [("", "", document)]
    for place, at, node in queue:
        if isinstance(node, dict):
            queue.extend((f"{place}/{token}", f"{at}/{token}", child) for token, child in _members(node))
        elif isinstance(node, list):
            queue.extend((f"{place}/*", f"{at}/{number}", child) for number, child in enumerate(node))
        elif isinstance(node, str) or (isinstance(node, int) and not isinstance(node, bool)):
            yield place, at, node
        if len(queue) > MAX_LEAVES:
            return


def _members(node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((escaped(key), child) for key, child in node.items())


def _of_headers(headers: Pairs) -> Iterator[Leaf]:
    for name, value in headers:
        lower = name.lower()
        if lower == "set-cookie":
            cookie, _, rest = value.partition("=")
            yield _plain(f"cookie:{cookie.strip()}", rest.partition(";")[0].strip())
        elif lower == "link":
            yield from (_plain(f"link:{rel}", url) for rel, url in _targets(value))
        elif lower not in _DULL:
            yield _plain(f"header:{lower}", value)


def _plain(place: str, value: str) -> Leaf:
    return Leaf(place, place, value)


def _targets(value: str) -> Iterator[tuple[str, str]]:
    for url, attributes in _LINK.findall(value):
        rel = _REL.search(attributes)
        if rel:
            yield rel[1], url


def _url_leaves(leaf: Leaf) -> Iterator[Leaf]:
    for part, value in url_parts(leaf.value):
        yield Leaf(f"url:{part}:{leaf.place}", f"url:{part}:{leaf.at}", value)


def url_parts(text: str) -> Iterator[tuple[str, str]]:
    """The segments and parameters of a URL or an absolute path, by their names as PART; nothing for other texts."""
    if not text.startswith(("/", "http://", "https://")) or len(text) > _MAX_URL:
        return
    try:
        url = urlsplit(text)
    except ValueError:
        return
    for number, segment in enumerate(reversed(url.path.split("/")), 1):
        if segment:
            yield f"path/-{number}", unquote(segment)
    for name, value in parse_qsl(url.query, errors="replace"):
        yield f"query/{quote(name, safe='')}", value


class Answer:
    """A live answer to be read at places; its body is parsed once, when the first place asks for it."""

    __slots__ = ("_body", "_document", "_fields")

    def __init__(self, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
        text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        self._fields = {leaf.at: leaf.value for leaf in _of_headers(text)}
        self._body: bytes | None = body
        self._document: Any = None

    def read(self, at: str) -> str | None:
        """The string or whole number at a place with numbers for indexes, as text; None if there is none."""
        if at.startswith("url:"):
            _, part, rest = at.split(":", 2)
            whole = self.read(rest)
            return None if whole is None else dict(url_parts(whole)).get(part)
        if at[:1] not in ("/", ""):
            return self._fields.get(at)
        if self._body is not None:
            self._document, self._body = parsed(self._body), None
        found = resolved(self._document, at)
        return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None


def resolved(document: Any, pointer: str) -> Any:
    """What stands at a JSON Pointer; None if nothing does."""
    for token in pointer.split("/")[1:]:
        if isinstance(document, dict):
            document = document.get(unescaped(token))
        elif isinstance(document, list) and token.isdecimal() and int(token) < len(document):
            document = document[int(token)]
        else:
            return None
    return document
