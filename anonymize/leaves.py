"""A leaf: one value of an exchange with the address that a policy decides it by.

An address is (endpoint, location, pointer). A pointer is a tuple of keys, written in files as RFC 6901 text; array
indices are "*", keys that are themselves values are "{key}", and what stands under them is "{value}". A step into an
encoding is a token in round brackets: "(json)", "(jwt)", "(base64)".
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from smartsandbox.packs.pointer import escaped

Pointer = tuple[str, ...]

ANY = "*"
KEY = "{key}"
VALUE = "{value}"


class Location(StrEnum):
    """The places of an exchange that hold leaves."""

    METHOD = "method"
    SCHEME = "scheme"
    HOST = "host"
    PATH = "path"
    QUERY = "query"
    REQUEST_HEADER = "request.header"
    REQUEST_COOKIE = "request.cookie"
    REQUEST_BODY = "request.body"
    REASON = "response.reason"
    RESPONSE_HEADER = "response.header"
    RESPONSE_COOKIE = "response.cookie"
    RESPONSE_BODY = "response.body"
    WS_SENT = "ws.sent"
    """Messages of the client on the WebSocket that the exchange opened."""
    WS_RECEIVED = "ws.received"
    TIMING = "timing"
    SESSION = "session"


BODIES = frozenset((Location.REQUEST_BODY, Location.RESPONSE_BODY, Location.WS_SENT, Location.WS_RECEIVED))
"""Where whole bodies and messages stand."""

CLOSING = "(close)"
"""The pointer token of the reason for which a WebSocket was closed."""


class Kind(StrEnum):
    """What the value was written as. Only strings are looked into for further encodings."""

    STRING = "string"
    NUMBER = "number"
    LITERAL = "literal"
    KEY = "key"
    OPAQUE = "opaque"
    """A body that is not taken apart (an image, a page, undecodable bytes); the value is its media kind, never its
    content.
    """
    TEXT = "text"
    """A whole body of plain text."""


class Address(NamedTuple):
    """What a policy decides by; `endpoint` is a template or "*"."""

    endpoint: str
    location: str
    pointer: Pointer

    def __str__(self) -> str:
        return f"{self.endpoint} {self.location} {to_text(self.pointer) or '(whole)'}"


class Leaf(NamedTuple):
    """One value. A named tuple, not a dataclass: a trace holds millions and creating one must be cheap.

    `value` is decoded text (numbers and literals as written). `scope` is the chain of enclosing objects, outermost
    first, as numbers unique in the exchange: a leaf belongs to an object if that object's chain is a prefix of its own.
    """

    endpoint: str
    location: str
    pointer: Pointer
    value: str
    kind: Kind = Kind.STRING
    scope: tuple[int, ...] = ()

    @property
    def address(self) -> Address:
        """The address without the value."""
        return Address(self.endpoint, self.location, self.pointer)


def is_encoding(step: str) -> bool:
    """True for the step of a pointer that leads into an encoding."""
    return step.startswith("(") and step.endswith(")")


def says_something(value: str, kind: Kind) -> bool:
    """False for null and for an empty object or array, which say nothing; true and false are values."""
    return kind is not Kind.LITERAL or value in ("true", "false")


Visit = Callable[[Leaf], str | None]
"""Gives the value to put in a leaf's place; the same value leaves its bytes untouched, None drops the leaf."""

IsMap = Callable[[str, str, Pointer], bool]
"""Says whether the keys of the object at (endpoint, location, pointer) are all values."""


def to_text(pointer: Pointer) -> str:
    """RFC 6901 text of a pointer; the root is the empty string."""
    return "".join(f"/{escaped(token)}" for token in pointer)


def from_text(text: str) -> Pointer:
    """The inverse of `to_text`. Raises ValueError if the text does not begin with "/" and is not empty."""
    if not text:
        return ()
    if not text.startswith("/"):
        raise ValueError("a pointer begins with '/'")
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in text[1:].split("/"))
