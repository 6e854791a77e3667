"""Who a value is about: subjects of leaves, joined over all exchanges into one table of people.

A leaf's subject is named by the nearest enclosing object that holds a subject leaf; else by the exchange (a path
parameter, then a token in a header, then a cookie); else by its session. Two subject leaves of one object name the same
person, and so do two cookies of one session: a server renews them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from smartsandbox.anonymize.firsts import Firsts
from smartsandbox.anonymize.leaves import BODIES, Location
from smartsandbox.anonymize.memo import Memo
from smartsandbox.anonymize.spilled import Scratch

_BETWEEN, _PERHAPS, _THEN = "\x00", "\x01", "\x02"
"""Part the owners of an exchange; the names that may be of one person, behind the session or exchange that they stand
in; those who spoke in a session. No name holds any of them.
"""
_MARKS = str.maketrans("", "", _BETWEEN + _PERHAPS + _THEN)
_JOINING = BODIES | {Location.REQUEST_HEADER}
"""Where two names in one object are of one person."""
_EXCHANGE_ORDER = (Location.PATH, Location.REQUEST_HEADER, Location.REQUEST_COOKIE)


@dataclass(slots=True)
class _Names:
    """Union-find over the identifiers of people."""

    parent: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str:
        root = name
        while self.parent.get(root, root) != root:
            root = self.parent[root]
        while name != root:
            self.parent[name], name = root, self.parent.get(name, root)
        self.parent.setdefault(root, root)
        return root

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self.parent[second] = first


class People:
    """Who is one person, and who spoke in which session."""

    def __init__(self, scratch: Scratch) -> None:
        self.names = _Names()
        self._speaker = scratch.dictionary()
        self._certain: Memo[str, bool] = Memo()
        """Sessions whose first certain speaker is known."""

    def spoke(self, session: str, speaker: str) -> None:
        """Take down who spoke in a session, in order, up to the first who is certain."""
        if session in self._certain:
            return
        spoke = self._speaker.get(session)
        known = spoke.split(_THEN) if spoke else []
        if (not known or _PERHAPS in known[-1]) and speaker not in known:
            known.append(speaker)
            self._speaker[session] = _THEN.join(known)
        if _PERHAPS not in known[-1]:
            self._certain.keep(session, True)

    def speaker_of(self, session: str) -> str | None:
        """The person who spoke first in a session, if one did; final when every exchange was seen."""
        spoke = self._speaker.get(session)
        found = map(self._resolved, spoke.split(_THEN)) if spoke else ()
        return next((person for person in found if person is not None), None)

    def person(self, owner: str) -> str:
        """What is known by its session only belongs to the person who spoke in that session, if one did."""
        if _PERHAPS in owner:
            owner = self._resolved(owner) or owner.partition(_PERHAPS)[0]
        if owner.startswith("session:"):
            owner = self.speaker_of(owner) or owner
        return self.names.find(owner) if owner.startswith("=") else owner

    def _resolved(self, owner: str) -> str | None:
        """The person of a name, or of several names if they prove to be one person; else None."""
        names = owner.split(_PERHAPS)[1:] if _PERHAPS in owner else [owner]
        people = {self.names.find(name) for name in names}
        return people.pop() if len(people) == 1 else None


class Owners:
    """Whom some leaves of an exchange are about, in visiting order; kept on disk, asked for in any order."""

    def __init__(self, people: People, scratch: Scratch) -> None:
        self._people, self._of_exchange = people, scratch.dictionary()

    @staticmethod
    def of_nobody() -> Owners:
        """Those of a table that was not taken from exchanges."""
        scratch = Scratch()
        return Owners(People(scratch), scratch)

    def note(self, exchange_id: str, owners: Iterable[str]) -> None:
        """Take down the owners of an exchange, as they are known now."""
        self._of_exchange[exchange_id] = _BETWEEN.join(owners)

    def of(self, exchange_id: str) -> list[str]:
        """The people, as they are known when all exchanges have been seen."""
        noted = self._of_exchange.get(exchange_id)
        return [] if noted is None else list(map(self._people.person, noted.split(_BETWEEN)))


@dataclass(slots=True)
class SubjectTable:
    """One row a person: the first value of each quasi-identifier. `subjects` are all people, with attributes or not."""

    rows: Mapping[str, Mapping[str, str]]
    subjects: frozenset[str]
    owners: Owners = field(default_factory=lambda: Owners.of_nobody())
    """Whom the quasi-identifiers of an exchange are about."""
    held: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """By person and sensitive attribute, the different values in the order of the trace."""
    holders: Owners = field(default_factory=lambda: Owners.of_nobody())
    """Whom the sensitive leaves of an exchange are about."""

    def forget_rows(self) -> None:
        """Give back the room of what was grouped: only who there is, and whom leaves are about, is still asked for."""
        self.rows, self.held = {}, {}

    @property
    def population(self) -> int:
        """How many people there are."""
        return len(self.subjects)


class _Attribute(NamedTuple):
    name: str
    value: str
    scope: tuple[int, ...]


Note = Callable[[str, str, str], None]
"""Told of the name and value of a leaf, and a name of who holds it."""


def _forget(name: str, value: str, owner: str) -> None:
    """The Note of a collector that holds nothing but people."""


class SubjectCollector:
    """Takes subject and quasi-identifier leaves in visiting order and gives the table when all have been seen."""

    def __init__(self, note: Note = _forget, scratch: Scratch | None = None) -> None:
        own = scratch or Scratch()
        self._people = People(own)
        self._names = self._people.names
        self._owners, self._holders = Owners(self._people, own), Owners(self._people, own)
        self._note = note
        self._jar = own.dictionary()
        """The first cookie of each session that names a person."""
        self._held: list[_Attribute] = []
        self._marks: list[tuple[str, tuple[int, ...], str]] = []
        self._named: dict[tuple[int, ...], str] = {}
        """The first mark of each object of the exchange at hand; empty until it is asked for."""
        self._attributes: list[_Attribute] = []
        self._sensitive: list[_Attribute] = []
        self._first = Firsts()
        """The values that are not blank, numbered in visiting order."""
        self._different: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        """Owner, sensitive attribute and value to the number of its first sighting."""
        self._number = count()

    def subject(self, location: str, scope: tuple[int, ...], value: str) -> None:
        """A leaf that names a person."""
        folded = value.strip().lower()
        if folded:
            self._marks.append((location, scope, "=" + _unmarked(folded)))

    def attribute(self, name: str, scope: tuple[int, ...], value: str) -> None:
        """A quasi-identifier leaf."""
        self._attributes.append(_Attribute(name, value, scope))

    def sensitive(self, name: str, scope: tuple[int, ...], value: str) -> None:
        """A leaf that holds a sensitive attribute."""
        self._sensitive.append(_Attribute(name, value, scope))

    def held(self, name: str, scope: tuple[int, ...], value: str) -> None:
        """A leaf of which `note` is to be told who holds it, at the end of the exchange."""
        self._held.append(_Attribute(name, value, scope))

    def close(self, session: str | None, exchange_id: str) -> None:
        """End of an exchange: its marks and attributes are brought together."""
        self._join_aliases()
        if session is not None:
            self._join_cookies(session)
        fallback = _unmarked(f"exchange:{exchange_id}" if session is None else f"session:{session}")
        speaker = self._speaker(fallback)
        if speaker is not None and session is not None:
            self._people.spoke(fallback, speaker)
        for owner, one in self._owned(self._owners, self._attributes, speaker or fallback, exchange_id):
            self._first.note(owner, one.name, one.value, next(self._number))
        for owner, one in self._owned(self._holders, self._sensitive, speaker or fallback, exchange_id):
            self._different[owner][one.name].setdefault(one.value, next(self._number))
        for one in self._held:
            self._note(one.name, one.value, self._enclosing(one.scope) or speaker or fallback)
        for _, _, name in self._marks:
            self._names.find(name)
        self._marks.clear()
        self._named.clear()
        self._attributes.clear()
        self._sensitive.clear()
        self._held.clear()

    def _owned(
        self, owners: Owners, leaves: list[_Attribute], otherwise: str, exchange_id: str
    ) -> list[tuple[str, _Attribute]]:
        """Take down the owners of the leaves, and give those that hold anything with them."""
        found = [(self._enclosing(leaf.scope) or otherwise, leaf) for leaf in leaves]
        if found:
            owners.note(exchange_id, (owner for owner, _ in found))
        return [(owner, leaf) for owner, leaf in found if leaf.value.strip()]

    def _join_aliases(self) -> None:
        by_scope: dict[tuple[int, ...], str] = {}
        for location, scope, name in self._marks:
            if scope and location in _JOINING:
                other = by_scope.setdefault(scope, name)
                if other != name:
                    self._names.join(other, name)

    def _join_cookies(self, session: str) -> None:
        for location, _, name in self._marks:
            if location == Location.REQUEST_COOKIE:
                first = self._jar.get(session)
                if first is None:
                    self._jar[session] = name
                elif first != name:
                    self._names.join(first, name)

    def _enclosing(self, scope: tuple[int, ...]) -> str | None:
        """The first name in the innermost object around that has any."""
        named = self._named
        if not named:
            for _, mark, name in self._marks:
                named.setdefault(mark, name)
        while scope:
            found = named.get(scope)
            if found is not None:
                return found
            scope = scope[:-1]
        return None

    def _speaker(self, fallback: str) -> str | None:
        """Several names may prove to be one person later, so they are told apart when all has been seen: the order of
        the trace does not matter.
        """
        for wanted in _EXCHANGE_ORDER:
            for location, _, name in self._marks:
                if location == wanted:
                    return name
        if not self._marks:
            return None
        names = sorted({name for _, _, name in self._marks})
        return names[0] if len(names) == 1 else _PERHAPS.join((fallback, *names)) if names else None

    def aliases(self, names: Iterable[str]) -> frozenset[str]:
        """The identifiers, folded, that are joined with any of the given ones, which are among them."""
        given = {"=" + name.strip().lower() for name in names}
        roots = {self._names.find(name) for name in given}
        joined = (name for name in list(self._names.parent) if self._names.find(name) in roots)
        return frozenset(name[1:] for name in joined)

    def table(self) -> SubjectTable:
        """The people, each with the first value of every attribute that any of their identifiers came with."""
        people = Firsts()
        for owner, name, value, number in self._first:
            people.note(self.person(owner), name, value, number)
        rows = people.rows()
        subjects = {self._names.find(name) for name in list(self._names.parent)} | set(rows)
        return SubjectTable(rows, frozenset(subjects), self._owners, self._sensitive_values(), self._holders)

    def forget_table(self) -> None:
        """Give back the room of what only a table is made of; none is asked for any more."""
        self._first = Firsts()
        self._different.clear()

    def _sensitive_values(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """As `held` of the table."""
        found: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for owner, row in self._different.items():
            for name, values in row.items():
                mine = found[self.person(owner)][name]
                mine.update({value: min(number, mine.get(value, number)) for value, number in values.items()})
        return {
            person: {name: tuple(sorted(values, key=values.__getitem__)) for name, values in row.items()}
            for person, row in found.items()
        }

    def speaker_of(self, session: str) -> str | None:
        """The person who spoke in a session, if one did."""
        return self._people.speaker_of(_unmarked(f"session:{session}"))

    def person(self, owner: str) -> str:
        """The one name of a person of whom `note` was told some name; final when every exchange was seen."""
        return self._people.person(owner)


def _unmarked(name: str) -> str:
    """Without the characters that part names, none of which can be printed."""
    return name if name.isprintable() else name.translate(_MARKS)


def group_sizes(vectors: Iterable[tuple[str | None, ...]]) -> dict[tuple[str | None, ...], int]:
    """How many people share each vector; a person without an attribute counts in every group that the rest fits."""
    counts: dict[tuple[str | None, ...], int] = defaultdict(int)
    for vector in vectors:
        counts[vector] += 1
    partial = [vector for vector in counts if None in vector]
    return {vector: counts[vector] if vector not in partial else _fitting(vector, counts) for vector in counts}


def _fitting(vector: tuple[str | None, ...], counts: dict[tuple[str | None, ...], int]) -> int:
    known = [index for index, value in enumerate(vector) if value is not None]
    return sum(count for other, count in counts.items() if all(other[index] == vector[index] for index in known))
