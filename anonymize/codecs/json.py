"""JSON, rewritten in place: only the leaves that change are written anew, every other byte stays as it was.

Numbers keep their exact text, duplicate keys stay, NaN and lone surrogates are let through. The walk is iterative; a
document nested deeper than the parsers allow is not taken for JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import orjson

from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import ANY, KEY, VALUE, Kind, Pointer
from smartsandbox.anonymize.walk import Walk

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
LITERALS = frozenset(("true", "false", "null", "NaN", "Infinity", "-Infinity"))
"""Scalars that are neither strings nor numbers."""


@dataclass(slots=True)
class _Frame:
    is_object: bool
    pointer: Pointer
    scope: tuple[int, ...]
    is_map: bool
    start: int
    key: str | None = None
    expects_key: bool = True
    is_empty: bool = True

    def child(self) -> Pointer:
        if not self.is_object:
            return (*self.pointer, ANY)
        return (*self.pointer, self.key or "")


def is_json(text: str) -> bool:
    """True for one JSON document; NaN and infinities are let through as JavaScript writes them."""
    try:
        orjson.loads(text)
    except ValueError:
        return _is_lenient_json(text)
    return True


def _is_lenient_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def rewrite_json(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit every leaf of a JSON text; None if it is not JSON. Keys that are values are visited as leaves too."""
    if not is_json(text):
        return None
    return _Rewriter(text, walk, depth).run(pointer, scope)


def rewrite_quoted(text: str, pointer: Pointer, scope: tuple[int, ...], walk: Walk, depth: int) -> str | None:
    """Visit what a JSON string literal holds; None unless that is in a further code, as in a document encoded twice."""
    value = _quoted(text)
    changed = None if value is None else walk.encoded(value, pointer, scope, depth)
    return None if changed is None else text if changed == value else quoted(changed)


def _quoted(text: str) -> str | None:
    if not text.endswith('"') or "\\" not in text:
        return None
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


class _Rewriter:
    def __init__(self, text: str, walk: Walk, depth: int) -> None:
        self.text, self.walk, self.depth = text, walk, depth
        self.stack: list[_Frame] = []
        self.pieces: list[str] = []
        self.done = 0

    def run(self, pointer: Pointer, scope: tuple[int, ...]) -> str:
        for match in _TOKENS.finditer(self.text):
            token = match.group()
            head = token[0]
            if head in "{[":
                self.open(head == "{", pointer, scope, match.start())
            elif head in "}]":
                self.close(match.end())
            elif head in ",:":
                self.separate(head)
            else:
                self.scalar(token, match.start(), pointer, scope)
        if not self.pieces:
            return self.text
        self.pieces.append(self.text[self.done :])
        return "".join(self.pieces)

    def open(self, is_object: bool, pointer: Pointer, scope: tuple[int, ...], start: int) -> None:
        if self.stack:
            self.stack[-1].is_empty = False
            pointer, scope = self.stack[-1].child(), self.stack[-1].scope
        if is_object:
            scope = (*scope, self.walk.new_scope())
        self.stack.append(_Frame(is_object, pointer, scope, is_object and self.walk.keys_are_values(pointer), start))

    def close(self, end: int) -> None:
        """An empty object or array is a leaf as well: the key it stands under is published with it."""
        frame = self.stack.pop()
        if frame.is_empty:
            value = "{}" if frame.is_object else "[]"
            if self.walk.leaf(value, frame.pointer, frame.scope, Kind.LITERAL) is None:
                self.put(frame.start, end - frame.start, "null")

    def separate(self, mark: str) -> None:
        if mark == "," and self.stack[-1].is_object:
            self.stack[-1].expects_key = True

    def scalar(self, token: str, start: int, pointer: Pointer, scope: tuple[int, ...]) -> None:
        frame = self.stack[-1] if self.stack else None
        if frame is not None:
            frame.is_empty = False
        if frame is not None and frame.is_object and frame.expects_key:
            frame.expects_key = False
            self.key(token, start, frame)
            return
        if frame is not None:
            pointer, scope = frame.child(), frame.scope
        if token[0] == '"':
            value = unquoted(token)
            changed = self.walk.string(value, pointer, scope, self.depth)
        else:
            value = token
            changed = self.walk.leaf(token, pointer, scope, Kind.LITERAL if token in LITERALS else Kind.NUMBER)
        if changed != value:
            self.put(start, len(token), rendered(changed, token))

    def key(self, token: str, start: int, frame: _Frame) -> None:
        name = unquoted(token)
        if not (frame.is_map or is_value_key(name)):
            frame.key = name
            return
        frame.key = VALUE
        changed = self.walk.leaf(name, (*frame.pointer, KEY), frame.scope, Kind.KEY)
        if changed is not None and changed != name:
            self.put(start, len(token), quoted(changed))

    def put(self, start: int, length: int, new: str) -> None:
        self.pieces += (self.text[self.done : start], new)
        self.done = start + length


def unquoted(token: str) -> str:
    """What a string token says."""
    return json.loads(token, strict=False) if "\\" in token else token[1:-1]


def quoted(value: str) -> str:
    """As short as JSON allows, but with escapes where UTF-8 could not carry the text."""
    try:
        return orjson.dumps(value).decode()
    except (orjson.JSONEncodeError, UnicodeEncodeError):
        return json.dumps(value)


def rendered(value: str | None, old: str) -> str:
    """The token for a new value, of the type that the old token had if it can be; null for a dropped one."""
    if value is None:
        return "null"
    if old[0] != '"' and (_NUMBER.fullmatch(value) or value in LITERALS):
        return value
    return quoted(value)
