"""The walk over one message part: visits leaves, looks into strings for further encodings, numbers the objects.

A codec gets a `Walk` and a pointer and calls back for what it found; the walk bounds how deep that may go. A string
in no known encoding is a leaf as it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from smartsandbox.anonymize.leaves import IsMap, Kind, Leaf, Pointer, Visit

MAX_DEPTH = 8
"""Encodings inside one another; what lies deeper is one opaque string."""

MAX_EMBEDDED = 4 * 1024 * 1024
"""Characters; a longer string inside a document is not looked into."""

Nested = Callable[[str, Pointer, tuple[int, ...], "Walk", int], str | None]


class Walk:
    """One location of one exchange. Object numbers come from `scopes`, shared over the exchange."""

    __slots__ = ("_is_map", "_nested", "_scopes", "_visit", "endpoint", "location")

    def __init__(
        self, endpoint: str, location: str, visit: Visit, is_map: IsMap, nested: Nested, scopes: count[int]
    ) -> None:
        self.endpoint, self.location = endpoint, location
        self._visit, self._is_map, self._nested, self._scopes = visit, is_map, nested, scopes

    def leaf(self, value: str, pointer: Pointer, scope: tuple[int, ...], kind: Kind = Kind.STRING) -> str | None:
        """Visit one leaf as it stands."""
        return self._visit(Leaf(self.endpoint, self.location, pointer, value, kind, scope))

    def string(self, value: str, pointer: Pointer, scope: tuple[int, ...], depth: int) -> str | None:
        """Visit a string, or the leaves inside it if it is an encoding of something else."""
        if 8 <= len(value) <= MAX_EMBEDDED and depth < MAX_DEPTH:
            found = self._nested(value, pointer, scope, self, depth + 1)
            if found is not None:
                return found
        return self.leaf(value, pointer, scope)

    def new_scope(self) -> int:
        """A number for one more object."""
        return next(self._scopes)

    def keys_are_values(self, pointer: Pointer) -> bool:
        """True if the policy says that every key of the object here is a value."""
        return self._is_map(self.endpoint, self.location, pointer)
