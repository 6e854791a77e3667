"""Sites: the addresses of one location of one endpoint as a tree, each with what is to be done with a leaf there.

What an address asks for is worked out when it is first met, so a leaf costs a step down the tree and one call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from smartsandbox.anonymize.leaves import Address, Kind, Leaf, Pointer, Visit
from smartsandbox.anonymize.walk import Scope, Walk

Take = Callable[[str, Kind, Scope], str | None]
"""What a Visit does with the value, kind and scope of a leaf, for one address."""

Taker = Callable[[Address], Take]
"""Works out what is to be done with the leaves of an address."""


def taker_of(visit: Visit) -> Taker:
    """Takes every leaf by visiting it."""

    def take(address: Address, value: str, kind: Kind, scope: Scope) -> str | None:
        return visit(Leaf(*address, value, kind, scope))

    return lambda address: partial(take, address)


class Site:
    """One address. `walk` looks into strings there that are in some code."""

    __slots__ = ("_children", "_taker", "pointer", "take", "walk")

    def __init__(self, walk: Walk, pointer: Pointer, taker: Taker) -> None:
        self.walk, self.pointer, self._taker = walk, pointer, taker
        self.take = taker(Address(walk.endpoint, walk.location, pointer))
        self._children: dict[str, Site] = {}

    def child(self, step: str) -> Site:
        """The site one step further down."""
        found = self._children.get(step)
        if found is None:
            found = self._children[step] = Site(self.walk, (*self.pointer, step), self._taker)
        return found
