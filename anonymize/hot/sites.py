"""Sites: the addresses of one location of one endpoint as a tree, each with what is to be done with a leaf there.

What an address asks for is worked out when it is first met, so a leaf costs a step down the tree and one call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from smartsandbox.anonymize.leaves import Address, Kind, Leaf, Pointer, Visit
from smartsandbox.anonymize.walk import Scope, Walk

Take = Callable[[str, Kind, Scope], str | None]
"""What a Visit does with the value, kind and scope of a leaf, for one address."""

Repeats = Callable[[str], str | None]
"""For a string that was taken at an address: what it was counted as, if to take it there again gives the same answer
and does no more than to count it once again; else None.
"""


class Handling(NamedTuple):
    """What is to be done with the leaves of an address."""

    take: Take
    repeats: Repeats | None = None
    """None if no string may be passed over."""


Handler = Callable[[Address], Handling]
"""Works out what is to be done with the leaves of an address."""


def visit_of(handler: Handler) -> Visit:
    """The Visit that does the same, for the reference."""

    def visit(leaf: Leaf) -> str | None:
        return handler(leaf.address).take(leaf.value, leaf.kind, leaf.scope)

    return visit


Answer = tuple[str | None, str]
"""What to put in the place of a value, and what that is counted as."""


class Site:
    """One address. `walk` looks into strings there that are in some code."""

    __slots__ = ("_children", "_handler", "answers", "pointer", "repeats", "take", "tokens", "walk")

    def __init__(self, walk: Walk, pointer: Pointer, handler: Handler) -> None:
        self.walk, self.pointer, self._handler = walk, pointer, handler
        self.take, self.repeats = handler(Address(walk.endpoint, walk.location, pointer))
        self._children: dict[str, Site] = {}
        self.answers: dict[str, Answer] = {}
        """To strings in no code that need not be taken here again."""
        self.tokens: dict[str, Answer] = {}
        """The same by tokens of JSON, and in tokens."""

    def child(self, step: str) -> Site:
        """The site one step further down."""
        found = self._children.get(step)
        if found is None:
            found = self._children[step] = Site(self.walk, (*self.pointer, step), self._handler)
        return found
