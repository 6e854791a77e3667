"""The part of two traces that attacks are played on: whole sessions, up to a number of exchanges, whatever their order.

A trace that is too large is thinned to one session of each person, so that everybody is still there and hides among as
many as in truth. If even these are too many, people are sampled by a hash of their name. Fewer candidates make an
attack easier, so the sample errs on the safe side. Both traces are read once, and what is taken lies on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import overload

from smartsandbox.anonymize.attacks.sessions import group_of
from smartsandbox.anonymize.attacks.shelf import Shelf
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange

MOST_EXCHANGES = 12_000
MOST_BYTES = 96 * 1024 * 1024
"""Of raw bodies."""
ROOM_FOR_PEOPLE = 4
"""How many times as much a sample may hold that has one session of each person."""

_FULL = 1 << 64
Pair = tuple[Exchange, Exchange | None]
PersonOf = Callable[[str], str | None]
"""From a session to the person who speaks in it, if one is known."""


@dataclass(frozen=True, slots=True)
class Pairs(Sequence[Pair]):
    """Raw exchanges in the order of their trace, each with what was made from it."""

    shelf: Shelf
    places: Sequence[tuple[int, int | None]]

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, at: int) -> Pair: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Pair]: ...
    def __getitem__(self, at: int | slice) -> Pair | Sequence[Pair]:
        if isinstance(at, slice):
            return Pairs(self.shelf, self.places[at])
        raw, made = self.places[at]
        original = self.shelf.get(raw)
        if made is None or made == raw:
            return original, None if made is None else original
        return original, self.shelf.get(made)


@dataclass(frozen=True, slots=True)
class _Taken:
    """An exchange of the raw trace: its number there, its id, its bytes and its place on the shelf."""

    at: int
    id: str
    weight: int
    place: int


@dataclass(slots=True)
class _Sample:
    """`groups` are the sessions taken, `of_person` which of them is whose once there is one for each."""

    seed: int
    most: int
    person_of: PersonOf | None
    shelf: Shelf = field(default_factory=Shelf)
    groups: dict[str, list[_Taken]] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    """Who speaks in each session taken."""
    of_person: dict[str, str] | None = None
    count: int = 0
    weight: int = 0
    below: int = _FULL

    def take(self, at: int, exchange: Exchange) -> None:
        group = group_of(exchange)
        person = self.people.get(group) or self._person(exchange, group)
        if self._hash(person) >= self.below or not self._is_chosen(person, group):
            return
        if self.is_full and len(self.groups) == 1 and group in self.groups:
            return
        self.people[group] = person
        taken = _Taken(at, exchange.id, _weight(exchange), self.shelf.put(exchange))
        self.groups.setdefault(group, []).append(taken)
        self.count += 1
        self.weight += taken.weight
        while self.is_full and len(self.groups) > 1:
            self._cut_down()

    @property
    def is_full(self) -> bool:
        room = ROOM_FOR_PEOPLE if self.of_person is not None else 1
        return self.count > self.most * room or self.weight > MOST_BYTES * room

    def _person(self, exchange: Exchange, group: str) -> str:
        known = None if self.person_of is None or exchange.session is None else self.person_of(exchange.session)
        return group if known is None else f"person {known}"

    def _is_chosen(self, person: str, group: str) -> bool:
        """Once there is one session of each person, one with a smaller hash takes its place."""
        if self.of_person is None:
            return True
        chosen = self.of_person.setdefault(person, group)
        if chosen == group:
            return True
        if self._rank(chosen) < self._rank(group):
            return False
        self.of_person[person] = group
        self._keep({one for one in self.groups if one != chosen})
        return True

    def _cut_down(self) -> None:
        """To one session of each person; if that was done, to the people with a smaller hash, at least one."""
        if self.of_person is None and self.person_of is not None:
            self.of_person = {}
            for group in sorted(self.groups, key=self._rank):
                self.of_person.setdefault(self.people[group], group)
            self._keep(set(self.of_person.values()))
            return
        hashes = {group: self._hash(self.people[group]) for group in self.groups}
        self.below = max(self.below // 2, min(hashes.values()) + 1)
        self._keep({group for group, value in hashes.items() if value < self.below})

    def _keep(self, groups: set[str]) -> None:
        for group in self.groups.keys() - groups:
            gone = self.groups.pop(group)
            self.people.pop(group)
            self.count -= len(gone)
            self.weight -= sum(one.weight for one in gone)

    def _rank(self, group: str) -> tuple[int, str]:
        return self._hash(group), group

    def _hash(self, name: str) -> int:
        text = f"{self.seed}/{name}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")

    def in_order(self) -> list[_Taken]:
        return sorted((one for held in self.groups.values() for one in held), key=_at)


def side_by_side(
    original: Iterable[Exchange],
    published: Iterable[Exchange],
    published_id: Callable[[str], str],
    seed: int = 0,
    most: int = MOST_EXCHANGES,
    person_of: PersonOf | None = None,
) -> Pairs:
    """Each sampled raw exchange, in the order of the raw trace, with the one made from it, or None if there is none.

    `published_id` maps the ids; the published ones come in any order. Without `person_of` every session is somebody
    else's. Raises UsageError if none of the published ones fits.
    """
    sample = _sampled(original, _Sample(seed, most, person_of))
    raw = sample.in_order()
    wanted = {published_id(one.id) for one in raw}
    count, made = 0, dict[str, int]()
    for exchange in published:
        count += 1
        if exchange.id in wanted:
            made[exchange.id] = sample.shelf.put(exchange)
    if count and not made:
        raise UsageError(f"{count} published exchanges come from no exchange of the raw trace: give both of one run")
    return Pairs(sample.shelf, [(one.place, made.get(published_id(one.id))) for one in raw])


def by_itself(original: Iterable[Exchange], seed: int = 0, most: int = MOST_EXCHANGES) -> Pairs:
    """Each sampled exchange of a trace, with itself as what was made from it: a release that changes nothing."""
    sample = _sampled(original, _Sample(seed, most, None))
    return Pairs(sample.shelf, [(one.place, one.place) for one in sample.in_order()])


def _sampled(original: Iterable[Exchange], sample: _Sample) -> _Sample:
    for at, exchange in enumerate(original):
        sample.take(at, exchange)
    return sample


def _weight(exchange: Exchange) -> int:
    said = sum(len(one.payload) for one in exchange.messages or ())
    return said + len(exchange.request.body) + (len(exchange.response.body) if exchange.response else 0)


def _at(taken: _Taken) -> int:
    return taken.at
