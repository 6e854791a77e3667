"""Which recorded request took which value from which recorded answer: the links of a pack, one by one.

A value is looked for in the session of its request; only one that looks issued may come from another session, and only
where a link leads from that place to this one. Found once, at publish, and kept in `bindings.parquet`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from smartsandbox.packs.follow import Follower, looks_issued
from smartsandbox.packs.linked import Consumer, Linked, Links
from smartsandbox.packs.model import Exchange, Headers, Request, Response
from smartsandbox.packs.places import Leaf
from smartsandbox.packs.slots import Slot, slots

Source = tuple[int, Leaf]
"""The number of an exchange, and a place of its answer."""

_BODILESS = (204, 304)


class Binding(NamedTuple):
    """The answer of one exchange gives, at a place, the value that stands at a place of another one's request."""

    producer: int
    at: str
    """As in `places`, with numbers for array indexes."""
    consumer: int
    slot: Slot
    """`slot.value` is the recorded value, which both places hold."""


class Recorded(NamedTuple):
    """One exchange as far as values are looked for in it. `answer` is headers and body, None where none was whole."""

    number: int
    endpoint: str
    linked: Linked
    request: Request
    answer: tuple[Headers, bytes] | None


class Finder:
    """Finds bindings from one exchange to the next. Numbers must rise."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._sessions: dict[Hashable, Follower[int]] = defaultdict(Follower)
        self._everyone: dict[int, Follower[int]] = defaultdict(Follower)
        self._endpoints: dict[int, str] = {}

    def take(self, exchange: Recorded, session: Hashable, turn: int = 0) -> list[Binding]:
        """The bindings of its request, in the request's order. Each round of a loop looks in its own round."""
        own, everyone = self._sessions[turn, session], self._everyone[turn]
        found = list(self._asked(exchange, own, everyone)) if exchange.linked.asked else []
        if exchange.linked.told is not None and exchange.answer is not None:
            told = list(exchange.linked.told.leaves(*exchange.answer))
            if told:
                self._endpoints[exchange.number] = exchange.endpoint
                for follower in (own, everyone):
                    follower.answered(exchange.number, told, exchange.request.path, exchange.endpoint)
        return found

    def _asked(self, exchange: Recorded, own: Follower[int], everyone: Follower[int]) -> Iterator[Binding]:
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
                yield Binding(found[0], found[1].at, exchange.number, slot)

    def _elsewhere(self, everyone: Follower[int], slot: Slot, consumer: Consumer) -> Source | None:
        return self._linked(everyone.issuer(slot.value), consumer) if looks_issued(slot.value) else None

    def _linked(self, source: Source | None, consumer: Consumer) -> Source | None:
        if source is None:
            return None
        place = (self._endpoints[source[0]], source[1].place)
        return source if (place, consumer) in self._links.pairs else None


def binding_rows(exchanges: Iterable[Exchange], link_rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of schema.BINDINGS for the exchanges of a pack in its order, under the rows of its links."""
    links = Links.of_rows(link_rows)
    finder, linked = Finder(links), dict[str, Linked | None]()
    for number, exchange in enumerate(exchanges):
        endpoint = exchange.endpoint or ""
        if endpoint not in linked:
            linked[endpoint] = links.at(endpoint)
        here = linked[endpoint]
        if here is not None:
            recorded = Recorded(number, endpoint, here, exchange.request, _answer(exchange))
            yield from map(_row, finder.take(recorded, exchange.session))


def _row(binding: Binding) -> dict[str, Any]:
    return {
        "producer": binding.producer,
        "at": binding.at,
        "consumer": binding.consumer,
        **binding.slot._asdict(),
    }


def _answer(exchange: Exchange) -> tuple[Headers, bytes] | None:
    if exchange.failure is not None or exchange.response is None:
        return None
    return exchange.response.headers, _carried(exchange.request, exchange.response)


def _carried(request: Request, response: Response) -> bytes:
    """The recorded body as far as HTTP can carry it: answers to HEAD, 1xx, 204 and 304 have none, though some
    recorders write down what their client had kept."""
    bare = response.status < 200 or response.status in _BODILESS or request.method == "HEAD"
    return b"" if bare else response.body
