"""A request about to be sent, taken apart so that values in it can be changed, and put together again.

What is not changed keeps its bytes, except that a JSON body in which a value changes is written anew, compactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote

import orjson

from smartsandbox.packs.pointer import unescaped
from smartsandbox.packs.slots import Slot, is_form, path_parameters
from smartsandbox.replay_engine.coding import decode, encode, known
from smartsandbox.replay_engine.drive.correlation.binder import Change
from smartsandbox.replay_engine.heads import wire_text

_WIDE_NUMBER = re.compile(rb"\d{17}")
_LARGEST = 256 * 1024 * 1024
_SEGMENT = "!$&'()*+,;=:@~-._"


class Draft:
    """`target` is as it goes on the wire; `headers` keep their order; `body` has its content coding undone."""

    def __init__(self, message: bytes) -> None:
        head, _, body = message.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        self.method, self.target, self._version = first.split(b" ", 2)
        self.headers: list[tuple[bytes, bytes]] = [(name, value) for name, _, value in _split(lines)]
        coding = self.header("content-encoding") or ""
        self._coding = coding if known(coding) else ""
        self.body = decode(body, self._coding, _LARGEST)

    def header(self, name: str) -> str | None:
        """The value of a header, its name in lower case; the first where it repeats."""
        wanted = name.encode()
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), None)

    def set_header(self, name: str, value: str) -> None:
        """Give every header of this name (in lower case) this value."""
        self.each_header(name, lambda _: value)

    def each_header(self, name: str, change: Callable[[str], str]) -> None:
        """Change the value of every header of this name (in lower case)."""
        wanted = name.encode()
        self.headers = [
            (key, wire_text(change(value.decode("latin-1"))) if key.lower() == wanted else value)
            for key, value in self.headers
        ]

    @property
    def body_as_sent(self) -> bytes:
        """The body in its content coding."""
        return encode(self.body, self._coding) if self.body else b""

    def message(self) -> bytes:
        """The whole request."""
        body = self.body_as_sent
        lines = [
            b"%s: %d" % (name, len(body)) if name.lower() == b"content-length" else b"%s: %s" % (name, value)
            for name, value in self.headers
        ]
        return b"\r\n".join((b" ".join((self.method, self.target, self._version)), *lines, b"", body))


def _split(lines: Iterable[bytes]) -> Iterable[tuple[bytes, bytes, bytes]]:
    return ((name, colon, value.strip()) for name, colon, value in (line.partition(b":") for line in lines))


def put(draft: Draft, changes: Iterable[Change], endpoint: str, prefix: bytes) -> None:
    """Put live values in the place of recorded ones. `prefix` is what the target puts before each path."""
    in_body = []
    for slot, live in changes:
        if slot.location == "path":
            _path(draft, slot, live, endpoint, len(prefix))
        elif slot.location == "query":
            path, _, query = draft.target.partition(b"?")
            draft.target = path + b"?" + _pairs(query, slot, live)
        elif slot.location == "header":
            draft.each_header(slot.pointer, partial(_in_header, slot, live))
        elif slot.location == "cookie":
            draft.each_header("cookie", partial(_cookie, slot, live))
        else:
            in_body.append((slot, live))
    if in_body:
        draft.body = _body(draft, in_body)


def _path(draft: Draft, slot: Slot, live: str, endpoint: str, start: int) -> None:
    path, mark, query = draft.target[start:].decode("latin-1").partition("?")
    segments = path.split("/")
    for number, name, segment in path_parameters(endpoint, path):
        if name == slot.pointer and unquote(segment) == slot.value:
            segments[number] = quote(live, safe=_SEGMENT)
    draft.target = draft.target[:start] + "".join(("/".join(segments), mark, query)).encode("latin-1")


def _pairs(text: bytes, slot: Slot, live: str) -> bytes:
    """A query or form in which each pair of this name and value has the live value."""
    return b"&".join(_pair(pair, slot, live) for pair in text.split(b"&"))


def _pair(pair: bytes, slot: Slot, live: str) -> bytes:
    if parse_qsl(pair.decode("latin-1"), keep_blank_values=True) != [(slot.pointer, slot.value)]:
        return pair
    return pair.partition(b"=")[0] + b"=" + quote_plus(live).encode()


def _in_header(slot: Slot, live: str, value: str) -> str:
    return value.replace(slot.value, live)


def _cookie(slot: Slot, live: str, value: str) -> str:
    old, new = f"{slot.pointer}={slot.value}", f"{slot.pointer}={live}"
    return "; ".join(new if pair.strip() == old else pair.strip() for pair in value.split(";"))


def _body(draft: Draft, changes: Iterable[Change]) -> bytes:
    if is_form(draft.header("content-type") or ""):
        for slot, live in changes:
            draft.body = _pairs(draft.body, slot, live)
        return draft.body
    plain = _WIDE_NUMBER.search(draft.body) is None
    document = orjson.loads(draft.body) if plain else json.loads(draft.body)
    for slot, live in changes:
        document = _replaced(document, slot.pointer.split("/")[1:], slot.value, live)
    return orjson.dumps(document) if plain else json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _replaced(node: Any, tokens: list[str], recorded: str, live: str) -> Any:
    """The document with the live value wherever the recorded one stands at a pointer with "*" for indexes."""
    if not tokens:
        return _typed(node, live) if str(node) == recorded and not isinstance(node, bool | dict | list) else node
    token, rest = tokens[0], tokens[1:]
    if isinstance(node, list) and token == "*":
        return [_replaced(child, rest, recorded, live) for child in node]
    if isinstance(node, dict) and (key := unescaped(token)) in node:
        node[key] = _replaced(node[key], rest, recorded, live)
    return node


def _typed(node: Any, live: str) -> Any:
    """The live value as a number where the recorded one was a number."""
    return int(live) if isinstance(node, int) and live.removeprefix("-").isdecimal() else live
