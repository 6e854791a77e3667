"""A YAML reader that can only make plain data: maps, lists, text, bytes and None.

It builds from parser events, without recursion and without YAML's type guessing, so no tag constructs an object, deep
nesting cannot overflow the stack, a header value of 0123 stays "0123", and a file that breaks off still gives all that
stood before. Aliases share one object, so a bomb of them costs nothing until someone walks it, and no one does.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from smartsandbox.packs.errors import UnreadableError

MAX_DEPTH = 64

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
# One of these would make the parser give up the whole stream (YAML 1.1, c-printable).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BINARY = frozenset(("!binary", "tag:yaml.org,2002:binary"))
# Tags whose node is read as the plain data it is made of; any other tag is refused.
_PLAIN_TAGS = re.compile(
    r"!|!ruby/(string|symbol|sym|hash|hash-with-ivars|array|object|struct|regexp)(:[\w:]+)?"
    r"|tag:(yaml\.org,2002|ruby\.yaml\.org,2002):((str|int|float|bool|null|seq|map|timestamp|omap)"
    r"|python/(str|unicode|bytes|tuple|list|dict|int|long|float|bool|none))"
)


class DamagedBinary(bytes):
    """A `!binary` scalar that is not base64: the text as it stood."""

    __slots__ = ()


@dataclass(slots=True)
class _Frame:
    node: dict[Any, Any] | list[Any]
    key: Any = None
    keyed: bool = False


@dataclass(slots=True)
class Tree:
    """What was built. `damage` says why building stopped; `open` holds the containers that were open then, outermost
    first."""

    root: Any = None
    damage: str | None = None
    open: list[Any] = field(default_factory=list)
    replaced: int = 0
    """How many characters that YAML forbids were replaced by U+FFFD."""


def parse_yaml(data: bytes) -> Tree:
    """The first document of a YAML stream. Never raises for what stands in it; see Tree.damage."""
    builder = _Builder()
    text, builder.tree.replaced = _FORBIDDEN.subn("\ufffd", _decoded(data))
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            builder.take(event)
            if isinstance(event, yaml.DocumentEndEvent):
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.stop("not valid YAML" + (f" at line {mark.line + 1}" if mark else ""))
    except yaml.YAMLError:
        builder.stop("not valid YAML")
    except UnreadableError as error:
        builder.stop(error.reason)
    return builder.tree


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


class _Builder:
    """A stack machine over parser events."""

    def __init__(self) -> None:
        self.tree = Tree()
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Any] = {}

    def take(self, event: Any) -> None:
        """One event of the parser, in order."""
        if isinstance(event, yaml.ScalarEvent):
            self._add(_scalar(event), event.anchor)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._resolve(event), None)

    def stop(self, damage: str) -> None:
        """Remember why and where building ended."""
        self.tree.damage = damage
        self.tree.open = [frame.node for frame in self._stack]

    def _begin(self, event: Any) -> None:
        _check_tag(event)
        if len(self._stack) >= MAX_DEPTH:
            raise UnreadableError("yaml", f"nested deeper than {MAX_DEPTH}")
        node: dict[Any, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._add(node, event.anchor)
        self._stack.append(_Frame(node))

    def _add(self, value: Any, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = value
        if not self._stack:
            self.tree.root = value
            return
        frame = self._stack[-1]
        if isinstance(frame.node, list):
            frame.node.append(value)
        elif frame.keyed:
            frame.node[frame.key] = value
            frame.keyed = False
        else:
            frame.key = value if isinstance(value, str) else None
            frame.keyed = True

    def _resolve(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise UnreadableError("yaml", f"an alias without its anchor at line {event.start_mark.line + 1}")
        return self._anchors[event.anchor]


def _scalar(event: Any) -> str | bytes | None:
    if event.tag in _BINARY:
        return _binary(event.value)
    _check_tag(event)
    if not event.style and event.tag is None and event.value in _NULLS:
        return None
    value: str = event.value
    return value


def _binary(text: str) -> bytes:
    packed = "".join(text.split())
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return DamagedBinary(text.encode("utf-8", "surrogatepass"))


def _check_tag(event: Any) -> None:
    if event.tag is not None and not _PLAIN_TAGS.fullmatch(event.tag):
        raise UnreadableError("yaml", f"a tag that stands for a program's object at line {event.start_mark.line + 1}")
