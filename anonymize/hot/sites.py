"""Sites: the addresses of one location of one endpoint as a tree, each with what is to be done with a leaf there.

What an address asks for is worked out when it is first met, so a leaf costs a step down the tree and one call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

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
    scalars: Repeats | None = None
    """The same for numbers and literals, as they are written."""
    family: str | None = None
    """Handlings of one family give a string in no code, a number or a literal the same answer wherever it stands."""


Handler = Callable[[Address], Handling]
"""Works out what is to be done with the leaves of an address."""


def visit_of(handler: Handler) -> Visit:
    """The Visit that does the same, for the reference."""

    def visit(leaf: Leaf) -> str | None:
        return handler(leaf.address).take(leaf.value, leaf.kind, leaf.scope)

    return visit


_OF_LEAVES = frozenset(("answers", "repeats", "scalars", "take", "tokens", "wholes"))
Answer = tuple[str | None, str]
"""What to put in the place of a value, and what that is counted as."""


class Known:
    """What need not be taken again at the sites of one family."""

    __slots__ = ("answers", "tokens")

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        """To strings in no code."""
        self.tokens: dict[str, Answer] = {}
        """The same by tokens of JSON, and in tokens; numbers and literals too."""


class Families(dict[str, Known]):
    """What is known, by family."""

    def of(self, family: str | None) -> Known:
        """A site without a family is on its own."""
        return Known() if family is None else self.setdefault(family, Known())


class Site:
    """One address. `walk` looks into strings there that are in some code.

    What is to be done there is worked out when it is first asked for: many addresses of a document are no leaves but
    objects and arrays. To Python a slot that was never set is no attribute, so `__getattr__` is called that once.
    """

    __slots__ = (
        "_children", "_families", "_handler",
        "answers", "pointer", "repeats", "scalars", "take", "tokens", "walk", "wholes",
    )  # fmt: skip

    take: Take
    repeats: Repeats | None
    scalars: Repeats | None
    answers: dict[str, Answer]
    tokens: dict[str, Answer]
    wholes: dict[str, Answer]
    """To strings that are not looked into, in whatever code they are."""

    def __init__(self, walk: Walk, pointer: Pointer, handler: Handler, families: Families) -> None:
        self.walk, self.pointer, self._handler, self._families = walk, pointer, handler, families
        self._children: dict[str, Site] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in _OF_LEAVES:
            raise AttributeError(name)
        address = Address(self.walk.endpoint, self.walk.location, self.pointer)
        self.take, self.repeats, self.scalars, family = self._handler(address)
        known = self._families.of(family)
        self.answers, self.tokens, self.wholes = known.answers, known.tokens, {}
        return getattr(self, name)

    def child(self, step: str) -> Site:
        """The site one step further down."""
        found = self._children.get(step)
        if found is None:
            below = (*self.pointer, step)
            found = self._children[step] = Site(self.walk, below, self._handler, self._families)
        return found
