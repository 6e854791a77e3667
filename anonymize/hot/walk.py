"""The walk of the fast path: what a codec finds is taken at its site, and a string that stands in a message as it is
goes the short way.
"""

from __future__ import annotations

from smartsandbox.anonymize.hot.sites import Handler, Site, visit_of
from smartsandbox.anonymize.hot.strings import Strings
from smartsandbox.anonymize.leaves import IsMap, Kind, Pointer
from smartsandbox.anonymize.rewrite import CODECS
from smartsandbox.anonymize.walk import Scope, Shared, Walk


class HotWalk(Walk):
    """One location of one endpoint, for every exchange of it."""

    __slots__ = ("root", "strings")

    def __init__(
        self, endpoint: str, location: str, handler: Handler, is_map: IsMap, shared: Shared, strings: Strings
    ) -> None:
        super().__init__(endpoint, location, visit_of(handler), is_map, CODECS, shared)
        self.root, self.strings = Site(self, (), handler, strings.families), strings

    def site(self, pointer: Pointer) -> Site:
        """The site of a pointer."""
        site = self.root
        for step in pointer:
            site = site.child(step)
        return site

    def leaf(self, value: str, pointer: Pointer, scope: Scope, kind: Kind = Kind.STRING) -> str | None:
        """Take one leaf as it stands."""
        site = self.site(pointer)
        if kind is Kind.STRING:
            return self.strings.taken(value, site, scope)[0]
        self.strings.steady = None
        return site.take(value, kind, scope)

    def string(self, value: str, pointer: Pointer, scope: Scope, depth: int) -> str | None:
        """What the walk of the reference gives."""
        if depth:
            return super().string(value, pointer, scope, depth)
        return self.strings.visit(value, self.site(pointer), scope)
