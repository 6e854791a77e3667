"""The walk over one message part: visits leaves, looks into strings for further encodings, numbers the objects.

A codec gets a `Walk` and a pointer and calls back for what it found; the walk bounds how deep that may go and how much
may be unpacked. A string in no known encoding is a leaf as it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from smartsandbox.anonymize.leaves import IsMap, Kind, Leaf, Pointer, Visit

MAX_DEPTH = 8
"""Encodings inside one another; what lies deeper is one opaque string."""

MAX_EMBEDDED = 4 * 1024 * 1024
"""Characters; a longer string inside a document is not looked into."""

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes that may come out of all the compressed parts of one exchange; what would need more stays packed."""

SHORTEST = 8
"""Characters; a shorter string is in no code."""

Scope = tuple[int, ...]
Nested = Callable[[str, Pointer, Scope, "Walk", int], str | None]
"""Looks into a string at a depth; None if it is in no code."""
Body = Callable[[bytes, str, "Walk", Pointer, Scope, int], bytes]
"""Rewrites bytes of a media type at a depth."""


class Codecs(NamedTuple):
    """What a walk looks into strings and bytes with. Passed in, because codecs are walked by each other."""

    nested: Nested
    body: Body


@dataclass(slots=True)
class Shared:
    """What the walks of one exchange share: the numbers of its objects, and the bytes that may still be unpacked.

    `patterns` is how many more skeletons may have a pattern, of all exchanges together; each takes some ten KiB.
    """

    scopes: count[int] = field(default_factory=lambda: count(1))
    room: int = MAX_UNPACKED
    patterns: int = 1000

    def begin(self) -> None:
        """The next exchange: numbers begin anew, and all of the room is there."""
        self.scopes, self.room = count(1), MAX_UNPACKED


class Walk:
    """One location of one exchange."""

    __slots__ = ("_codecs", "_is_map", "_visit", "endpoint", "location", "shared")

    def __init__(
        self, endpoint: str, location: str, visit: Visit, is_map: IsMap, codecs: Codecs, shared: Shared
    ) -> None:
        self.endpoint, self.location, self.shared = endpoint, location, shared
        self._visit, self._is_map, self._codecs = visit, is_map, codecs

    def leaf(self, value: str, pointer: Pointer, scope: Scope, kind: Kind = Kind.STRING) -> str | None:
        """Visit one leaf as it stands."""
        return self._visit(Leaf(self.endpoint, self.location, pointer, value, kind, scope))

    def string(self, value: str, pointer: Pointer, scope: Scope, depth: int) -> str | None:
        """Visit a string, or the leaves inside it if it is an encoding of something else."""
        found = self.encoded(value, pointer, scope, depth)
        return self.leaf(value, pointer, scope) if found is None else found

    def encoded(self, value: str, pointer: Pointer, scope: Scope, depth: int) -> str | None:
        """Visit the leaves inside a string; None, and nothing visited, if it is in no code or lies too deep."""
        if SHORTEST <= len(value) <= MAX_EMBEDDED and depth < MAX_DEPTH:
            return self._codecs.nested(value, pointer, scope, self, depth + 1)
        return None

    def body(self, raw: bytes, content_type: str, pointer: Pointer, scope: Scope, depth: int) -> bytes:
        """Visit the leaves of bytes inside something else; at the greatest depth they are one leaf."""
        return self._codecs.body(raw, content_type, self, pointer, scope, depth)

    def new_scope(self) -> int:
        """A number for one more object."""
        return next(self.shared.scopes)

    def keys_are_values(self, pointer: Pointer) -> bool:
        """True if the policy says that every key of the object here is a value."""
        return self._is_map(self.endpoint, self.location, pointer)
