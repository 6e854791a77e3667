"""Which recorded request took which value from which recorded answer: the links of a pack, one by one, for a schedule.

A value is looked for in the session of its request; only one that looks issued may come from another session, and only
where a link leads from that place to this one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from smartsandbox.packs.follow import Follower, looks_issued
from smartsandbox.packs.model import Request
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.places import Leaf, leaves
from smartsandbox.packs.slots import Slot, slots
from smartsandbox.replay_engine.drive.correlation.links import Links
from smartsandbox.replay_engine.rows import Rows

_BATCH = 2048
_HEADERS = ["request_headers", "response_headers"]
Source = tuple[int, Leaf]
"""A place in the schedule, and a place of its answer."""


class Need(NamedTuple):
    """A value of a request that an answer gives: the number of the gift, and where the recorded value stands."""

    gift: int
    slot: Slot


class Gift(NamedTuple):
    """A value of an answer that later requests need: its number, where it stands, and the recorded value."""

    number: int
    at: str
    recorded: str


@dataclass(slots=True)
class Instances:
    """By place in the schedule, what its request needs and what its answer gives. `producers` are the linked places."""

    needs: dict[int, tuple[Need, ...]] = field(default_factory=dict)
    gives: dict[int, list[Gift]] = field(default_factory=dict)
    waits: list[tuple[int, int]] = field(default_factory=list)
    """Answers to wait for: (the place that gives, the place that needs)."""
    producers: frozenset[tuple[str, str]] = frozenset()
    count: int = 0
    """How many gifts there are."""


def instances(pack: Pack, rows: Rows, chosen: Sequence[int]) -> Instances:
    """For the scheduled rows `chosen`, which may come again (a loop)."""
    links = Links.load(pack)
    if not links.pairs:
        return Instances()
    finder = _Finder(links)
    for place, recorded in _recorded(pack, rows, chosen, links.endpoints):
        finder.exchange(place, recorded)
    return finder.found


class _Recorded(NamedTuple):
    """One scheduled exchange, as far as values are looked for in it."""

    row: int
    session: int
    endpoint: str
    request: Request
    answer: tuple[tuple[tuple[str, str], ...], bytes] | None


def _recorded(
    pack: Pack, rows: Rows, chosen: Sequence[int], endpoints: frozenset[str]
) -> Iterator[tuple[int, _Recorded]]:
    linked = [name in endpoints for name in rows.endpoint.names]
    places = [place for place, row in enumerate(chosen) if linked[rows.endpoint.codes[row]]]
    headers = pack.table("exchanges", _HEADERS)
    for start in range(0, len(places), _BATCH):
        batch = places[start : start + _BATCH]
        table = headers.take([chosen[place] for place in batch])
        for place, asked, told in zip(batch, *(table[name].to_pylist() for name in _HEADERS), strict=True):
            yield place, _exchange(rows, chosen[place], asked, told)


def _exchange(rows: Rows, row: int, asked: Any, told: Any) -> _Recorded:
    request = Request(
        rows.method.name(row) or "",
        "",
        "",
        rows.path[row].decode("utf-8", "surrogateescape"),
        rows.query[row].decode("utf-8", "surrogateescape"),
        _pairs(asked),
        rows.body(rows.request_body[row]),
    )
    answer = None if rows.failures[row] >= 0 else (_pairs(told), rows.answer_body(row))
    return _Recorded(row, rows.session.codes[row], rows.endpoint.name(row) or "", request, answer)


def _pairs(headers: Iterable[dict[str, str]] | None) -> tuple[tuple[str, str], ...]:
    return tuple((header["name"], header["value"]) for header in headers or ())


class _Finder:
    def __init__(self, links: Links) -> None:
        self.found = Instances(producers=links.producers)
        self._links = links
        self._sessions: dict[int, Follower[int]] = defaultdict(Follower)
        self._everyone: Follower[int] = Follower()
        self._last: dict[int, int] = {}
        self._row = -1
        self._endpoints: dict[int, str] = {}
        self._gifts: dict[tuple[int, str], int] = {}

    def exchange(self, place: int, recorded: _Recorded) -> None:
        """Take up one exchange of the schedule, in its order."""
        if recorded.row <= self._row:
            self._everyone = Follower()
        if recorded.row <= self._last.get(recorded.session, -1):
            del self._sessions[recorded.session]  # the next round of a loop
        self._row = self._last[recorded.session] = recorded.row
        needs = tuple(self._needs(place, recorded))
        if needs:
            self.found.needs[place] = needs
        self._give(place, recorded)

    def _needs(self, place: int, recorded: _Recorded) -> Iterator[Need]:
        request, endpoint = recorded.request, recorded.endpoint
        asked = dict.fromkeys(slots(request, endpoint))
        givers: set[int] = set()
        for slot, own in self._sessions[recorded.session].asked(asked, request.path):
            consumer = (endpoint, slot.location, slot.pointer)
            if consumer not in self._links.consumers:
                continue
            source = self._linked(own, consumer) or self._elsewhere(slot, consumer, request.path)
            if source is not None:
                givers.add(source[0])
                yield Need(self._gift(source), slot)
        self.found.waits.extend((giver, place) for giver in sorted(givers))

    def _elsewhere(self, slot: Slot, consumer: tuple[str, str, str], path: str) -> Source | None:
        if not looks_issued(slot.value):
            return None
        plain = Slot("query", slot.pointer, slot.value)
        return next((self._linked(source, consumer) for _, source in self._everyone.asked([plain], path)), None)

    def _linked(self, source: Source | None, consumer: tuple[str, str, str]) -> Source | None:
        if source is None:
            return None
        place = (self._endpoints[source[0]], source[1].place)
        return source if (place, consumer) in self._links.pairs else None

    def _gift(self, source: Source) -> int:
        place, leaf = source
        key = (place, leaf.at)
        number = self._gifts.get(key)
        if number is None:
            number = self._gifts[key] = len(self._gifts)
            self.found.gives.setdefault(place, []).append(Gift(number, leaf.at, leaf.value))
            self.found.count = len(self._gifts)
        return number

    def _give(self, place: int, recorded: _Recorded) -> None:
        endpoint, path = recorded.endpoint, recorded.request.path
        if recorded.answer is None or all(producer != endpoint for producer, _ in self._links.producers):
            return
        told = [leaf for leaf in leaves(*recorded.answer) if (endpoint, leaf.place) in self._links.producers]
        if told:
            self._endpoints[place] = endpoint
            self._sessions[recorded.session].answered(place, told, path, endpoint)
            self._everyone.answered(place, told, path, endpoint)
