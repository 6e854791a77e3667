"""Correlation links: which value of an answer feeds which later request of the same session.

Mined from exchanges in order by following values (see `follow`). Values themselves never leave that: a link is
places, a support and a confidence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from smartsandbox.packs.follow import Follower
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.places import leaves
from smartsandbox.packs.slots import slots

Producer = tuple[str, str]
Consumer = tuple[str, str, str]


def mine_links(exchanges: Iterable[Exchange]) -> list[dict[str, Any]]:
    """Rows of schema.LINKS, sorted. `exchanges` must be in order and have their `endpoint` set."""
    sessions: dict[str, Follower[str]] = defaultdict(Follower)
    filled: Counter[Consumer] = Counter()
    support: Counter[tuple[Producer, Consumer]] = Counter()
    for exchange in exchanges:
        session, endpoint, path = sessions[exchange.session or ""], exchange.endpoint or "", exchange.request.path
        for slot, source in session.asked(dict.fromkeys(slots(exchange.request, endpoint)), path):
            consumer = (endpoint, slot.location, slot.pointer)
            filled[consumer] += 1
            if source is not None:
                support[(source[0], source[1].place), consumer] += 1
        if exchange.response is not None:
            session.answered(endpoint, leaves(exchange.response.headers, exchange.response.body), path, endpoint)
    return [
        _row(producer, consumer, count, filled[consumer]) for (producer, consumer), count in sorted(support.items())
    ]


def _row(producer: Producer, consumer: Consumer, support: int, filled: int) -> dict[str, Any]:
    return {
        "producer_endpoint": producer[0],
        "producer_pointer": producer[1],
        "consumer_endpoint": consumer[0],
        "consumer_location": consumer[1],
        "consumer_pointer": consumer[2],
        "support": support,
        "confidence": support / filled,
    }
