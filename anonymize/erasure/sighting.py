"""Where one exchange names a person: in what was asked, or only in the answer.

Every leaf is looked at in every encoding that the rewriter undoes, and so are the places that it leaves alone: the path
as a whole, bodies that are not taken apart, the name of the file that the exchange was read from. A request that the
policy has no endpoint for is searched all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from smartsandbox.anonymize.erasure.person import Person
from smartsandbox.anonymize.erasure.subject_leaves import class_of, subject_leaves
from smartsandbox.anonymize.leaves import Kind, Leaf, Location
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.packs.endpoints import Bound, EndpointTable
from smartsandbox.packs.model import Exchange

_ANSWER = frozenset(
    (Location.RESPONSE_BODY, Location.RESPONSE_HEADER, Location.RESPONSE_COOKIE, Location.REASON, Location.WS_RECEIVED)
)
_SPEAKER = (Location.PATH, Location.REQUEST_HEADER, Location.REQUEST_COOKIE)
_WHOLE = frozenset(("id", "uuid", "token", "username", "email", "phone", "card", "iban", "national_id", "person"))

_REMEMBERED, _SHORT = 50_000, 200
"""How many texts' outcome is kept, and of how many characters: most values of a trace are short and occur many times.
"""

Place = tuple[str, tuple[int, ...]]
"""A location and the chain of objects around a leaf, as `leaves.Leaf.scope` numbers them."""


@dataclass(slots=True)
class Sighting:
    """What one exchange says of a person.

    `speakers` are the identifiers, folded, of whoever made the request as far as the policy's subjects tell.
    """

    asked: bool = False
    places: set[Place] = field(default_factory=set)
    """The places of the answer that name them."""
    speakers: frozenset[str] = frozenset()

    @property
    def seen(self) -> bool:
        """True if the exchange names the person at all."""
        return self.asked or bool(self.places)


class Observer:
    """Looks at exchanges for one person under one policy."""

    def __init__(self, policy: Policy, person: Person) -> None:
        self._policy, self._person = policy, person
        self._table: EndpointTable = policy.table
        self._names_somebody = subject_leaves(policy)
        self._remembered = lru_cache(_REMEMBERED)(person.stands_in)
        self._marks: list[tuple[str, str]] = []

    def look(self, exchange: Exchange) -> Sighting:
        """Everything that names the person in one exchange. Nothing is changed."""
        found = Sighting()
        self._marks.clear()

        def visit(leaf: Leaf) -> str:
            self._mark(leaf)
            if self._names(leaf) or (leaf.kind is Kind.OPAQUE and self._opaque(exchange, leaf)):
                if leaf.location in _ANSWER:
                    found.places.add((leaf.location, leaf.scope))
                else:
                    found.asked = True
            return leaf.value

        rewrite(exchange, bound_of(exchange, self._table), visit, self._policy.is_map)
        request = exchange.request
        around = (request.path, request.query, exchange.source, exchange.session or "")
        found.asked = found.asked or any(map(self._person.stands_in, around))
        found.speakers = self._speakers()
        return found

    def _names(self, leaf: Leaf) -> bool:
        if leaf.kind in (Kind.LITERAL, Kind.OPAQUE) or leaf.location == Location.TIMING:
            return False
        class_name = class_of(self._policy, leaf)
        own = leaf.location == Location.PATH or class_name in _WHOLE or self._is_undecided(leaf)
        is_whole = own or self._names_somebody(leaf)
        return (is_whole and self._person.is_value(leaf.value, class_name)) or self._stands_in(leaf.value)

    def _stands_in(self, text: str) -> bool:
        return (self._remembered if len(text) <= _SHORT else self._person.stands_in)(text)

    def _is_undecided(self, leaf: Leaf) -> bool:
        return self._policy.decide(leaf.endpoint, leaf.location, leaf.pointer) is None

    def _opaque(self, exchange: Exchange, leaf: Leaf) -> bool:
        content = _content(exchange, leaf.location)
        return any(self._person.stands_in(one.decode("utf-8", "replace")) for one in content)

    def _mark(self, leaf: Leaf) -> None:
        if self._names_somebody(leaf):
            self._marks.append((leaf.location, leaf.value.strip().lower()))

    def _speakers(self) -> frozenset[str]:
        """The subject of the path, else of a header or cookie, else all that are named."""
        for wanted in _SPEAKER:
            named = frozenset(name for location, name in self._marks if location == wanted)
            if named:
                return named
        return frozenset(name for _, name in self._marks)


def _content(exchange: Exchange, location: str) -> Iterable[bytes]:
    """The bodies that an opaque leaf at a location may be. Which message it was is not told."""
    if location == Location.RESPONSE_BODY:
        return [exchange.response.body] if exchange.response else []
    if location in (Location.WS_SENT, Location.WS_RECEIVED):
        is_sent = location == Location.WS_SENT
        return [one.payload for one in exchange.messages or () if one.sent == is_sent]
    return [exchange.request.body]


def bound_of(exchange: Exchange, table: EndpointTable) -> Bound:
    """The exchange's endpoint, or where the table has none its path as it stands."""
    request = exchange.request
    known = table.match(request.method, request.path)
    return known or Bound(f"{request.method} {request.path.replace('{', '%7B').replace('}', '%7D')}", ())
