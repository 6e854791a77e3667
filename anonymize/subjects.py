"""Who a value is about: subjects of leaves, joined over all exchanges into one table of people.

A leaf's subject is named by the nearest enclosing object that holds a subject leaf; else by the exchange (a path
parameter, then a token in a header); else by its session. Two subject leaves of one object name the same person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from smartsandbox.anonymize.leaves import Location

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


@dataclass(slots=True)
class SubjectTable:
    """One row a person: the first value of each quasi-identifier. `subjects` are all people, with attributes or not."""

    rows: dict[str, dict[str, str]]
    subjects: frozenset[str]
    owners: list[str]
    """The person of the n-th quasi-identifier leaf of the trace, in visiting order."""
    held: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """By person and sensitive attribute, the different values in the order of the trace."""
    holders: list[str] = field(default_factory=list)
    """The person of the n-th sensitive leaf of the trace, in visiting order."""

    @property
    def population(self) -> int:
        """How many people there are."""
        return len(self.subjects)


@dataclass(slots=True)
class _Attribute:
    name: str
    value: str
    scope: tuple[int, ...]


Note = Callable[[str, str, str], None]
"""Told of the name and value of a leaf, and a name of who holds it."""


def _forget(name: str, value: str, owner: str) -> None:
    """The Note of a collector that holds nothing but people."""


_PERHAPS = "\x00"
"""Parts a session or exchange and the names that may be of one person, in a name that is not settled yet."""


class SubjectCollector:
    """Takes subject and quasi-identifier leaves in visiting order and gives the table when all have been seen."""

    def __init__(self, note: Note = _forget) -> None:
        self._names = _Names()
        self._note = note
        self._held: list[_Attribute] = []
        self._marks: list[tuple[str, tuple[int, ...], str]] = []
        self._attributes: list[_Attribute] = []
        self._sensitive: list[_Attribute] = []
        self._rows: list[tuple[str, str, str]] = []
        self._sensitive_rows: list[tuple[str, str, str]] = []
        self._session_of: dict[str, list[str]] = {}
        """Who spoke in a session, in order, up to the first who is certain."""

    def subject(self, location: str, scope: tuple[int, ...], value: str) -> None:
        """A leaf that names a person."""
        folded = value.strip().lower()
        if folded:
            self._marks.append((location, scope, "=" + folded))

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
        fallback = f"session:{session}" if session is not None else f"exchange:{exchange_id}"
        speaker = self._speaker(fallback)
        if speaker is not None and session is not None:
            self._spoke(fallback, speaker)
        for attributes, rows in ((self._attributes, self._rows), (self._sensitive, self._sensitive_rows)):
            for attribute in attributes:
                owner = self._enclosing(attribute.scope) or speaker or fallback
                rows.append((owner, attribute.name, attribute.value))
        for one in self._held:
            self._note(one.name, one.value, self._enclosing(one.scope) or speaker or fallback)
        for _, _, name in self._marks:
            self._names.find(name)
        self._marks.clear()
        self._attributes.clear()
        self._sensitive.clear()
        self._held.clear()

    def _join_aliases(self) -> None:
        by_scope: dict[tuple[int, ...], str] = {}
        for location, scope, name in self._marks:
            if location in (Location.REQUEST_BODY, Location.RESPONSE_BODY, Location.REQUEST_HEADER) and scope:
                self._names.join(by_scope.setdefault(scope, name), name)

    def _enclosing(self, scope: tuple[int, ...]) -> str | None:
        found, depth = None, 0
        for _, mark, name in self._marks:
            if len(mark) > depth and scope[: len(mark)] == mark:
                found, depth = name, len(mark)
        return found

    def _speaker(self, fallback: str) -> str | None:
        """Several names may prove to be one person later, so they are told apart when all has been seen: the order of
        the trace does not matter.
        """
        for wanted in _EXCHANGE_ORDER:
            for location, _, name in self._marks:
                if location == wanted:
                    return name
        names = sorted({name for _, _, name in self._marks})
        return names[0] if len(names) == 1 else _PERHAPS + _PERHAPS.join((fallback, *names)) if names else None

    def _spoke(self, fallback: str, speaker: str) -> None:
        known = self._session_of.setdefault(fallback, [])
        if (not known or known[-1].startswith(_PERHAPS)) and speaker not in known:
            known.append(speaker)

    def _resolved(self, owner: str) -> str | None:
        """The person of a name, or of several names if they prove to be one person; else None."""
        names = owner.split(_PERHAPS)[2:] if owner.startswith(_PERHAPS) else [owner]
        people = {self._names.find(name) for name in names}
        return people.pop() if len(people) == 1 else None

    def aliases(self, names: Iterable[str]) -> frozenset[str]:
        """The identifiers, folded, that are joined with any of the given ones, which are among them."""
        given = {"=" + name.strip().lower() for name in names}
        roots = {self._names.find(name) for name in given}
        joined = (name for name in list(self._names.parent) if self._names.find(name) in roots)
        return frozenset(name[1:] for name in joined)

    def table(self) -> SubjectTable:
        """The people. Attributes known by session only go to the person who spoke in that session, if one did."""
        rows: dict[str, dict[str, str]] = defaultdict(dict)
        owners = []
        for owner, name, value in self._rows:
            person = self.person(owner)
            owners.append(person)
            if value.strip():
                rows[person].setdefault(name, value)
        subjects = {self._names.find(name) for name in list(self._names.parent)} | set(rows)
        return SubjectTable(dict(rows), frozenset(subjects), owners, *self._sensitive_values())

    def _sensitive_values(self) -> tuple[dict[str, dict[str, tuple[str, ...]]], list[str]]:
        """As `held` and `holders` of the table."""
        found: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        holders = [self.person(owner) for owner, _, _ in self._sensitive_rows]
        for person, (_, name, value) in zip(holders, self._sensitive_rows, strict=True):
            if value.strip():
                found[person][name].setdefault(value)
        held = {person: {name: tuple(values) for name, values in row.items()} for person, row in found.items()}
        return held, holders

    def speaker_of(self, session: str) -> str | None:
        """The person who spoke in a session, if one did."""
        spoke = map(self._resolved, self._session_of.get(f"session:{session}", ()))
        return next((person for person in spoke if person is not None), None)

    def person(self, owner: str) -> str:
        """The one name of a person of whom `note` was told some name; final when every exchange was seen."""
        if owner.startswith(_PERHAPS):
            owner = self._resolved(owner) or owner.split(_PERHAPS)[1]
        if owner.startswith("session:"):
            owner = self.speaker_of(owner.removeprefix("session:")) or owner
        return self._names.find(owner) if owner.startswith("=") else owner


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
