"""The fast rewriter of exchanges: the reference with shorter ways for JSON bodies, header lines and single values.

What has no shorter way, such as a cookie, a form or a multipart body, goes the way of the reference.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from smartsandbox.anonymize.bodies import is_text_type
from smartsandbox.anonymize.codecs.authorization import scheme_of
from smartsandbox.anonymize.hot.json import rewrite_planned
from smartsandbox.anonymize.hot.sites import Handler, Site, handler_of
from smartsandbox.anonymize.hot.skeletons import Skeletons
from smartsandbox.anonymize.hot.strings import Strings
from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import IsMap, Kind, Location, Pointer, Visit
from smartsandbox.anonymize.rewrite import CREDENTIALS, FRAMING, Rewriter, no_maps, one_line
from smartsandbox.anonymize.walk import Walk
from smartsandbox.packs.endpoints import Bound
from smartsandbox.packs.model import Exchange

_COOKIES = frozenset(("cookie", "set-cookie"))


class _Place:
    """One location of one endpoint."""

    __slots__ = ("root", "skeletons")

    def __init__(self, walk: Walk, handler: Handler) -> None:
        self.root = Site(walk, (), handler)
        self.skeletons = Skeletons(self.root, first=-2 if walk.location == Location.RESPONSE_BODY else -1)


class HotRewriter(Rewriter):
    """Gives what `rewrite` gives. `handler` must do with a leaf what `visit` does; `outcomes` counts the leaves that it
    was not asked about again.
    """

    def __init__(
        self,
        visit: Visit,
        is_map: IsMap = no_maps,
        handler: Handler | None = None,
        outcomes: Counter[str] | None = None,
    ) -> None:
        super().__init__(visit, is_map)
        self._handler = handler or handler_of(visit)
        self._endpoints: dict[str, dict[Location, _Place]] = {}
        self._here: dict[Location, _Place] = {}
        """Of the endpoint at hand."""
        self._strings = Strings(Counter() if outcomes is None else outcomes)

    def run(self, old: Exchange, bound: Bound) -> Exchange:
        """What `rewrite` gives."""
        self._here = self._endpoints.setdefault(bound.name, {})
        return super().run(old, bound)

    def _place(self, location: Location) -> _Place:
        place = self._here.get(location)
        if place is None:
            place = self._here[location] = _Place(super().walk(location), self._handler)
        return place

    def walk(self, location: Location) -> Walk:
        """The walk of a location, the same for all exchanges of an endpoint."""
        return self._place(location).root.walk

    def one(self, location: Location, value: str, pointer: Pointer = (), kind: Kind = Kind.STRING) -> str | None:
        """One leaf as it stands."""
        site = self._place(location).root
        for step in pointer:
            site = site.child(step)
        return site.take(value, kind, ())

    def body(self, body: bytes, media_type: str, location: Location) -> bytes:
        """A body that begins like JSON is taken for it first, whatever text it is said to be."""
        if body[:1] in (b"{", b"[") and _is_text(media_type):
            text = _utf8(body)
            place = self._place(location)
            changed = None if text is None else rewrite_planned(text, place.skeletons, self._strings)
            if changed is not None:
                return body if changed == text else changed.encode("utf-8", "replace")
        return super().body(body, media_type, location)

    def header(self, name: str, value: str, location: Location) -> tuple[str, str] | None:
        """A header line; one that is not taken apart is a string under its name."""
        lower = name.lower()
        if lower in FRAMING or not value:
            return name, value
        if lower in _COOKIES or is_value_key(lower):
            return super().header(name, value, location)
        site, scope = self._place(location).root.child(lower), (next(self.shared.scopes),)
        if lower in CREDENTIALS:
            scheme = scheme_of(value)
            if scheme is None or scheme.name == "basic":
                return super().header(name, value, location)
            new = self._strings.visit(scheme.credentials, site.child(scheme.name), scope)
            changed = None if new is None else f"{scheme.before}{new}"
        else:
            changed = self._strings.visit(value, site, scope)
        return None if changed is None else (name, one_line(changed) if changed != value else value)


@lru_cache(maxsize=1024)
def _is_text(content_type: str) -> bool:
    return is_text_type(content_type)


def _utf8(body: bytes) -> str | None:
    """The text; None if it is no UTF-8, or no text for the zero in it."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text
