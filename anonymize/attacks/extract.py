"""From two traces to what attacks read: who has which attributes, raw and as published, and which sessions there are.

Raw and published exchanges are laid side by side. Whose value a leaf is, is decided on the raw side by
`SubjectCollector`, so published values stand in the rows of the people whom they truly concern. Leaves that get a
surrogate are left out: their published values say nothing about the raw ones without the key.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from smartsandbox.anonymize.attacks.agreement import Agreement
from smartsandbox.anonymize.attacks.people import People, is_numeric, tabulate
from smartsandbox.anonymize.attacks.sample import Pair
from smartsandbox.anonymize.attacks.sessions import Session, Sighting, Sightings, group_of, said_of, sizes_of
from smartsandbox.anonymize.hot.exchange import HotRewriter
from smartsandbox.anonymize.hot.sites import Handling
from smartsandbox.anonymize.leaves import ANY, BODIES, KEY, VALUE, Address, Kind, Location
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.retime import WEEK_US, Shift
from smartsandbox.anonymize.subjects import SubjectCollector
from smartsandbox.anonymize.walk import Scope
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange, Headers

MOST_ATTRIBUTES = 40
_TELL_THE_MOVE = 1000
"""Pairs, at most; they stand evenly apart."""
LEAST_HOLDERS = 0.05
"""The share of people who must have an attribute for it to be attacked."""

_READ = BODIES | {Location.QUERY}
_SHOWN = frozenset((Action.KEEP, Action.COMMON, Action.GENERALISE, Action.RETIME, Action.BAND))
_VALUES = frozenset((Kind.STRING, Kind.NUMBER))
_PASSED = Handling(lambda value, kind, scope: value, lambda value: "")
"""Leaves that say nothing to an attack."""

Rows = tuple[Mapping[str, str], ...]
Cell = tuple[str, str]
"""A value, raw and as published."""

SecondStart = Callable[[Exchange], int]


@dataclass(frozen=True, slots=True)
class Extract:
    """Row i of `raw` and of `published` are one person. Sessions of both sides share keys and clock.

    `raw` and `published` have the same attributes; a quasi-identifier is named as in the policy, another attribute by
    the last name in its pointer.
    """

    names: tuple[str, ...]
    raw: Rows
    published: Rows
    raw_sessions: tuple[Session, ...]
    published_sessions: tuple[Session, ...]
    again_sessions: tuple[Session, ...] = ()
    """The published sessions as a second release would show them; empty if none was played."""

    def tables(self, published: Rows | None = None) -> tuple[People, People]:
        """Raw and published people with comparable cells; `published` may stand in for the published rows."""
        raw, shown = tabulate((self.raw, self.published if published is None else published), self.names)
        return raw, shown


def extract(pairs: Sequence[Pair], policy: Policy, second_start: SecondStart | None = None) -> Extract:
    """Walk both sides, pair by pair. The move of the whole capture is undone, as anybody can who knows one own request.

    `second_start` gives, for a raw exchange, its start in a second release with the move undone.
    """
    reader = _Reader(policy, _move_us(pairs), second_start)
    for raw, published in pairs:
        reader.take(raw, published)
    return reader.result()


def _move_us(pairs: Sequence[Pair]) -> int:
    """The whole weeks that all was moved by, as some of the pairs tell; what single exchanges moved beyond that is for
    the attacks to guess.
    """
    some = (pairs[at] for at in range(0, len(pairs), 1 + len(pairs) // _TELL_THE_MOVE))
    moves = [published.started_us - raw.started_us for raw, published in some if published is not None]
    return round(median_low(moves) / WEEK_US) * WEEK_US if moves else 0


class _Reader:
    def __init__(self, policy: Policy, move_us: int, second_start: SecondStart | None) -> None:
        self._second_start = second_start
        self._again = Sightings()
        self._policy, self._move_us = policy, move_us
        self._back = Shift(-round(move_us / WEEK_US))
        self._table = policy.table
        self._headers = _subject_headers(policy)
        self._names: dict[str, int] = {}
        self._owners: dict[str, int] = {}
        self._seen: tuple[array[int], array[int]] = (array("i"), array("i"))
        """The number of the name and of the owner of each cell."""
        self._people = SubjectCollector(self._observed)
        self._cells: list[Cell] = []
        self._known: dict[Cell, Cell] = {}
        """Cells repeat: equal ones are kept once."""
        self._shown: defaultdict[Address, deque[str]] = defaultdict(deque)
        """The values of the published exchange at hand, by address in their order."""
        self._is_same = False
        """The exchange at hand is published as it was recorded."""
        self._raw_reader = HotRewriter(self._knowing, policy.is_map)
        self._published_reader = HotRewriter(self._showing, policy.is_map)
        self._raw = Sightings()
        self._published = Sightings()

    def take(self, raw: Exchange, published: Exchange | None) -> None:
        bound = self._table.match(raw.request.method, raw.request.path)
        if bound is None:
            raise UsageError("a request matches no endpoint of the policy: attack with the policy of the run")
        self._is_same = published is raw
        self._read(None if self._is_same else published)
        self._raw_reader.run(self._bare(raw), bound)
        self._people.close(raw.session, raw.id)
        key = group_of(raw)
        self._raw.take(_sighting(raw, key, bound.name, 0))
        if published is not None:
            endpoint = published.endpoint or bound.name
            self._published.take(_sighting(published, key, endpoint, self._move_us))
            if self._second_start is not None:
                second = _sighting(published, key, endpoint, 0)
                self._again.take(replace(second, start_us=self._second_start(raw), said_us=()))

    def _read(self, published: Exchange | None) -> None:
        """Take the leaves of a published exchange, to be laid beside those of the raw one."""
        self._shown.clear()
        if published is None:
            return
        bound = self._table.match(published.request.method, published.request.path)
        if bound is not None:
            self._published_reader.run(self._bare(published), bound)

    def _showing(self, address: Address) -> Handling:
        """Of a published exchange: take the values of an address in their order."""
        if self._name_at(address) is None:
            return _PASSED

        def take(value: str, kind: Kind, scope: Scope) -> str:
            self._shown[address].append(value)
            return value

        return Handling(take)

    def _knowing(self, address: Address) -> Handling:
        """Of a raw exchange: note whose a value is, and what was published in its place."""
        is_subject, name = self._policy.is_subject(address), self._name_at(address)
        if not is_subject and name is None:
            return _PASSED

        def take(value: str, kind: Kind, scope: Scope) -> str:
            if is_subject and kind is not Kind.LITERAL:
                self._people.subject(address.location, scope, value)
            if name is not None:
                self._attribute(name, address, value, self._published_as(address, value), kind, scope)
            return value

        return Handling(take)

    def _published_as(self, address: Address, value: str) -> str:
        """The next of the published values of an address, "" where there is none left."""
        if self._is_same:
            return value
        shown = self._shown[address]
        return shown.popleft() if shown else ""

    def _name_at(self, address: Address) -> str | None:
        """What the values of an address are called, if attacks read them."""
        decision = self._policy.decide(*address)
        if address.location not in _READ or decision is None or decision.action not in _SHOWN:
            return None
        return decision.argument if decision.action is Action.GENERALISE else self._field(address)

    def _attribute(self, name: str, address: Address, value: str, published: str, kind: Kind, scope: Scope) -> None:
        if kind not in _VALUES or not value.strip():
            return
        decision = self._policy.decide(*address)
        if decision is not None and decision.action is Action.RETIME:
            published = self._back.text(published) or published
        cell = (value, published)
        self._people.held(name, scope, "")
        self._cells.append(self._known.setdefault(cell, cell))

    def _observed(self, name: str, _: str, owner: str) -> None:
        """Whose a cell is: told at the end of an exchange, in the order of the cells."""
        names, owners = self._seen
        names.append(self._names.setdefault(name, len(self._names)))
        owners.append(self._owners.setdefault(owner, len(self._owners)))

    def _field(self, address: Address) -> str:
        """The last name in a pointer, kept apart from a quasi-identifier that has the same."""
        named = [token for token in address.pointer if token not in (ANY, KEY, VALUE) and not token.startswith("(")]
        name = named[-1] if named else str(address.location)
        return f"other {name}" if name in self._policy.quasi_identifiers else name

    def _bare(self, exchange: Exchange) -> Exchange:
        """Without the headers that say nothing about who and how to read: most of the work of a walk is in them."""
        request = replace(exchange.request, headers=self._needed(exchange.request.headers))
        response = exchange.response
        if response is not None:
            response = replace(response, headers=self._needed(response.headers))
        return replace(exchange, request=request, response=response)

    def _needed(self, headers: Headers) -> Headers:
        return tuple(pair for pair in headers if pair[0].lower() in self._headers)

    def result(self) -> Extract:
        rows: dict[str, dict[str, Cell]] = defaultdict(dict)
        agreements: dict[str, Agreement] = defaultdict(Agreement)
        named, owned = list(self._names), list(map(self._people.person, self._owners))
        for cell, of_name, of_owner in zip(self._cells, *self._seen, strict=True):
            name, row = named[of_name], rows[owned[of_owner]]
            if name in row:
                agreements[name].again(cell[0], row[name][0])
            else:
                row[name] = cell
                agreements[name].first(cell[0])
        held = [rows[person] for person in sorted(rows)]
        names = _worth_attacking(held, frozenset(self._policy.quasi_identifiers), agreements)
        raw, published = (tuple({n: cell[n][side] for n in names if n in cell} for cell in held) for side in (0, 1))
        return Extract(names, raw, published, *(side.sessions() for side in (self._raw, self._published, self._again)))


def _sighting(exchange: Exchange, key: str, endpoint: str, move_us: int) -> Sighting:
    said_us = tuple([instant - move_us for instant in said_of(exchange)])
    return Sighting(key, group_of(exchange), exchange.started_us - move_us, endpoint, sizes_of(exchange), said_us)


def _subject_headers(policy: Policy) -> frozenset[str]:
    named = {
        address.pointer[0].lower() for address in policy.subjects if "header" in address.location and address.pointer
    }
    cookies = {"cookie"} if any("cookie" in address.location for address in policy.subjects) else set()
    return frozenset({"content-type"} | named | cookies)


def _worth_attacking(
    people: list[dict[str, Cell]], always: frozenset[str], agreements: Mapping[str, Agreement]
) -> tuple[str, ...]:
    """Attributes that differ between people: those in `always`, then those that most people have.

    A category that changes within a person as it does between people, such as a status, says nothing of the person;
    which requests somebody sent and how they ended is what the attacks on sessions know. Numbers are always taken.
    """
    holders = Counter(name for person in people for name in person)
    values: dict[str, set[str]] = {}
    for person in people:
        for name, (raw, _) in person.items():
            values.setdefault(name, set()).add(raw)
    enough = max(2.0, LEAST_HOLDERS * len(people))
    telling = [name for name in holders if agreements[name].is_own or is_numeric(values[name])]
    varied = [name for name in telling if name in always or (holders[name] >= enough and len(values[name]) > 1)]
    return tuple(sorted(sorted(varied, key=lambda name: (name not in always, -holders[name], name))[:MOST_ATTRIBUTES]))
