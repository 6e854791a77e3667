"""The fast rewriter of exchanges: the reference with shorter ways for JSON bodies, header lines and single values.

What has no shorter way, such as a cookie, a form or a multipart body, goes the way of the reference.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from smartsandbox.anonymize.bodies import is_text_type
from smartsandbox.anonymize.hot.json import rewrite_document
from smartsandbox.anonymize.hot.sites import Handler, Site, visit_of
from smartsandbox.anonymize.hot.skeletons import Skeletons
from smartsandbox.anonymize.hot.strings import Strings
from smartsandbox.anonymize.hot.walk import HotWalk
from smartsandbox.anonymize.keynames import is_value_key
from smartsandbox.anonymize.leaves import IsMap, Kind, Location, Pointer
from smartsandbox.anonymize.memo import LONGEST
from smartsandbox.anonymize.rewrite import CREDENTIALS, FRAMING, Parts, Rewriter, no_maps, one_line
from smartsandbox.anonymize.walk import Walk
from smartsandbox.packs.endpoints import Bound
from smartsandbox.packs.model import Exchange, Headers

Line = tuple[str, str]


class _Place:
    """One location of one endpoint."""

    __slots__ = ("lines", "pairs", "root", "skeletons", "walk")

    def __init__(self, walk: HotWalk) -> None:
        self.walk, self.root = walk, walk.root
        self.skeletons = Skeletons(walk.root, first=-2 if walk.location == Location.RESPONSE_BODY else -1)
        self.lines: dict[str, Site] = {}
        """By name as written, the sites of header lines that are not taken apart."""
        self.pairs: dict[Line, tuple[Line | None, tuple[str, ...]]] = {}
        """Header lines that need not be looked into again: what comes of them, and what is counted."""


class HotRewriter(Rewriter):
    """Gives what `rewrite` gives with the visit that `visit_of` makes of a handler. `outcomes` counts the leaves that
    the handler was not asked about again.
    """

    def __init__(self, handler: Handler, is_map: IsMap = no_maps, outcomes: Counter[str] | None = None) -> None:
        super().__init__(visit_of(handler), is_map)
        self._handler = handler
        self._endpoints: dict[str, dict[Location, _Place]] = {}
        self._here: dict[Location, _Place] = {}
        """Of the endpoint at hand."""
        self._strings = Strings(Counter() if outcomes is None else outcomes)

    def parts(self, old: Exchange, bound: Bound) -> Parts:
        """What the visitor makes of an exchange."""
        self._here = self._endpoints.setdefault(bound.name, {})
        return super().parts(old, bound)

    def _place(self, location: Location) -> _Place:
        place = self._here.get(location)
        if place is None:
            walk = HotWalk(self.endpoint, location, self._handler, self.is_map, self.shared, self._strings)
            place = self._here[location] = _Place(walk)
        return place

    def walk(self, location: Location) -> Walk:
        """The walk of a location, the same for all exchanges of an endpoint."""
        return self._place(location).walk

    def one(self, location: Location, value: str, pointer: Pointer = (), kind: Kind = Kind.STRING) -> str | None:
        """One leaf as it stands."""
        place = self._here.get(location) or self._place(location)
        site = place.walk.site(pointer) if pointer else place.root
        return self._strings.whole(value, site) if kind is Kind.STRING else site.take(value, kind, ())

    def body(self, body: bytes, media_type: str, location: Location) -> bytes:
        """A body that begins like JSON is taken for it first, whatever text it is said to be."""
        if body[:1] in (b"{", b"[") and _is_text(media_type):
            text = _utf8(body)
            place = self._place(location)
            changed = None if text is None else rewrite_document(text, place.skeletons, self._strings)
            if changed is not None:
                return body if changed == text else changed.encode("utf-8", "replace")
        return super().body(body, media_type, location)

    def header(self, name: str, value: str, location: Location) -> tuple[str, str] | None:
        """A header line; most are a string under their name."""
        place = self._place(location)
        site = place.lines.get(name) or self._line(name, place)
        if site is None or not value:
            return super().header(name, value, location)
        changed = self._strings.visit(value, site, (next(self.shared.scopes),))
        return None if changed is None else (name, one_line(changed) if changed != value else value)

    def headers(self, headers: Headers, location: Location) -> Headers:
        """Lines of which nothing must be asked again are remembered whole."""
        place, strings = self._place(location), self._strings
        known, outcomes, made = place.pairs, strings.outcomes, []
        for line in headers:
            found = known.get(line)
            if found is None:
                strings.begin()
                new = self.header(*line, location)
                if strings.steady is not None and len(line[1]) <= LONGEST:
                    strings.remember(known, line, (new, tuple(strings.steady)))
            else:
                new = found[0]
                for outcome in found[1]:
                    outcomes[outcome] += 1
            if new is not None:
                made.append(new)
        return tuple(made)

    def _line(self, name: str, place: _Place) -> Site | None:
        lower = name.lower()
        if lower in FRAMING or lower in CREDENTIALS or "cookie" in lower or is_value_key(lower):
            return None
        place.lines[name] = place.root.child(lower)
        return place.lines[name]


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
