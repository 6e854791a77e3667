"""Who a value is about: subjects of leaves, joined over all exchanges into one table of people.

A leaf's subject is named by the nearest enclosing object that holds a subject leaf; else by the exchange (a path
parameter, then a token in a header); else by its session. Two subject leaves of one object name the same person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from smartsandbox.anonymize.leaves import Location
from smartsandbox.anonymize.spilled import Scratch

_BETWEEN = "\x00"
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


class Owners:
    """Whom the quasi-identifiers of an exchange are about, in visiting order; kept on disk, asked for in any order."""

    def __init__(self, scratch: Scratch) -> None:
        self.names = _Names()
        self._of_exchange = scratch.dictionary()
        self._speaker = scratch.dictionary()
        """Who spoke first in a session."""

    def note(self, exchange_id: str, owners: Iterable[str]) -> None:
        """Take down the owners of an exchange, as they are known now."""
        self._of_exchange[exchange_id] = _BETWEEN.join(owners)

    def spoke(self, session: str, speaker: str) -> None:
        """Take down who spoke in a session; the first one stays."""
        if session not in self._speaker:
            self._speaker[session] = speaker

    def of(self, exchange_id: str) -> list[str]:
        """The people, as they are known when all exchanges have been seen."""
        noted = self._of_exchange.get(exchange_id)
        return [] if noted is None else list(map(self.person, noted.split(_BETWEEN)))

    def person(self, owner: str) -> str:
        """What is known by its session only belongs to the person who spoke in that session, if one did."""
        owner = self._speaker.get(owner) or owner
        return self.names.find(owner) if owner.startswith("=") else owner


@dataclass(slots=True)
class SubjectTable:
    """One row a person: the first value of each quasi-identifier. `subjects` are all people, with attributes or not."""

    rows: dict[str, dict[str, str]]
    subjects: frozenset[str]
    owners: Owners

    @property
    def population(self) -> int:
        """How many people there are."""
        return len(self.subjects)


@dataclass(slots=True)
class _Attribute:
    name: str
    value: str
    scope: tuple[int, ...]


class SubjectCollector:
    """Takes subject and quasi-identifier leaves in visiting order and gives the table when all have been seen."""

    def __init__(self, scratch: Scratch | None = None) -> None:
        self._owners = Owners(scratch or Scratch())
        self._names = self._owners.names
        self._marks: list[tuple[str, tuple[int, ...], str]] = []
        self._attributes: list[_Attribute] = []
        self._first: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
        """Owner and attribute to the first value that is not blank, with its number in visiting order."""
        self._number = count()

    def subject(self, location: str, scope: tuple[int, ...], value: str) -> None:
        """A leaf that names a person."""
        folded = value.strip().lower()
        if folded:
            self._marks.append((location, scope, "=" + folded.replace(_BETWEEN, "")))

    def attribute(self, name: str, scope: tuple[int, ...], value: str) -> None:
        """A quasi-identifier leaf."""
        self._attributes.append(_Attribute(name, value, scope))

    def close(self, session: str | None, exchange_id: str) -> None:
        """End of an exchange: its marks and attributes are brought together."""
        self._join_aliases()
        speaker = self._speaker()
        name = f"exchange:{exchange_id}" if session is None else f"session:{session}"
        fallback = name.replace(_BETWEEN, "")
        if speaker is not None and session is not None:
            self._owners.spoke(fallback, speaker)
        owners = [self._enclosing(attribute.scope) or speaker or fallback for attribute in self._attributes]
        for owner, attribute in zip(owners, self._attributes, strict=True):
            if attribute.value.strip():
                self._first[owner].setdefault(attribute.name, (next(self._number), attribute.value))
        if owners:
            self._owners.note(exchange_id, owners)
        for _, _, name in self._marks:
            self._names.find(name)
        self._marks.clear()
        self._attributes.clear()

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

    def _speaker(self) -> str | None:
        for wanted in _EXCHANGE_ORDER:
            for location, _, name in self._marks:
                if location == wanted:
                    return name
        names = {self._names.find(name) for _, _, name in self._marks}
        return names.pop() if len(names) == 1 else None

    def table(self) -> SubjectTable:
        """The people, each with the first value of every attribute that any of their identifiers came with."""
        rows: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
        for owner, values in self._first.items():
            mine = rows[self._owners.person(owner)]
            mine.update({name: min(found, mine.get(name, found)) for name, found in values.items()})
        subjects = {self._names.find(name) for name in list(self._names.parent)} | set(rows)
        first = {person: {name: value for name, (_, value) in mine.items()} for person, mine in rows.items()}
        return SubjectTable(first, frozenset(subjects), self._owners)


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
