"""Which recorded request took which value from which recorded answer: the links of a pack, one by one, for a schedule.

A value is looked for in the session of its request; only one that looks issued may come from another session, and only
where a link leads from that place to this one. Each round of a loop looks in its own round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from smartsandbox.packs.follow import Follower, looks_issued
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.places import Leaf
from smartsandbox.packs.slots import Slot, slots
from smartsandbox.replay_engine.drive.correlation.links import Consumer, Links
from smartsandbox.replay_engine.drive.correlation.recorded import Recorded, recorded
from smartsandbox.replay_engine.rows import Rows

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


def instances(pack: Pack, rows: Rows, chosen: Sequence[int], turns: Sequence[int]) -> Instances:
    """For the scheduled rows `chosen` and the rounds of the loop that they are of."""
    links = Links.load(pack)
    if not links.pairs:
        return Instances()
    finder = _Finder(links)
    codes = rows.session.codes
    for exchange in recorded(pack, rows, chosen, links):
        turn = turns[exchange.place]
        finder.exchange(exchange, (turn, codes[exchange.row]), turn)
    return finder.found


class _Finder:
    def __init__(self, links: Links) -> None:
        self.found = Instances(producers=links.producers)
        self._links = links
        self._sessions: dict[tuple[int, int], Follower[int]] = defaultdict(Follower)
        self._everyone: dict[int, Follower[int]] = defaultdict(Follower)
        self._endpoints: dict[int, str] = {}
        self._gifts: dict[tuple[int, str], int] = {}

    def exchange(self, exchange: Recorded, session: tuple[int, int], turn: int) -> None:
        """Take up one exchange of the schedule, in its order."""
        own, everyone = self._sessions[session], self._everyone[turn]
        if exchange.linked.asked:
            self._ask(exchange, own, everyone)
        if exchange.linked.told is None or exchange.answer is None:
            return
        told = list(exchange.linked.told.leaves(*exchange.answer))
        if told:
            self._endpoints[exchange.place] = exchange.endpoint
            for follower in (own, everyone):
                follower.answered(exchange.place, told, exchange.request.path, exchange.endpoint)

    def _ask(self, exchange: Recorded, own: Follower[int], everyone: Follower[int]) -> None:
        needs, givers = [], set()
        for slot, source in self._sources(exchange, own, everyone):
            givers.add(source[0])
            needs.append(Need(self._gift(source), slot))
        if needs:
            self.found.needs[exchange.place] = tuple(needs)
            self.found.waits.extend((giver, exchange.place) for giver in sorted(givers))

    def _sources(
        self, exchange: Recorded, own: Follower[int], everyone: Follower[int]
    ) -> Iterator[tuple[Slot, Source]]:
        request, endpoint, consumers = exchange.request, exchange.endpoint, self._links.consumers
        asked = dict.fromkeys(
            slot
            for slot in slots(request, endpoint, exchange.linked.asked)
            if (endpoint, slot.location, slot.pointer) in consumers
        )
        for slot, source in own.asked(asked, request.path):
            consumer = (endpoint, slot.location, slot.pointer)
            found = self._linked(source, consumer) or self._elsewhere(everyone, slot, consumer)
            if found is not None:
                yield slot, found

    def _elsewhere(self, everyone: Follower[int], slot: Slot, consumer: Consumer) -> Source | None:
        return self._linked(everyone.issuer(slot.value), consumer) if looks_issued(slot.value) else None

    def _linked(self, source: Source | None, consumer: Consumer) -> Source | None:
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
