"""The part of two traces that attacks are played on: whole sessions, up to a number of exchanges, whatever their order.

Sessions are sampled by a hash of their name, so memory and time are bounded while both traces are read once. Fewer
candidates make an attack easier, so the sample errs on the safe side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from smartsandbox.anonymize.attacks.sessions import group_of
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange

MOST_EXCHANGES = 12_000
MOST_BYTES = 96 * 1024 * 1024
"""Of bodies held at a time, raw ones alone."""

_FULL = 1 << 64
Pair = tuple[Exchange, Exchange | None]


@dataclass(slots=True)
class _Sample:
    seed: int
    most: int
    groups: dict[str, list[tuple[int, Exchange]]] = field(default_factory=dict)
    count: int = 0
    weight: int = 0
    below: int = _FULL

    def take(self, at: int, exchange: Exchange) -> None:
        group = group_of(exchange)
        if self.hash(group) >= self.below:
            return
        if self.is_full and len(self.groups) == 1 and group in self.groups:
            return
        self.groups.setdefault(group, []).append((at, exchange))
        self.count += 1
        self.weight += _weight(exchange)
        while self.is_full and len(self.groups) > 1:
            self.halve()

    @property
    def is_full(self) -> bool:
        return self.count > self.most or self.weight > MOST_BYTES

    def halve(self) -> None:
        """Keep the sessions with a smaller hash, at least one."""
        hashes = {group: self.hash(group) for group in self.groups}
        self.below = max(self.below // 2, min(hashes.values()) + 1)
        self.groups = {group: held for group, held in self.groups.items() if hashes[group] < self.below}
        self.count = sum(map(len, self.groups.values()))
        self.weight = sum(_weight(one) for held in self.groups.values() for _, one in held)

    def hash(self, group: str) -> int:
        text = f"{self.seed}/{group}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")

    def in_order(self) -> list[Exchange]:
        return [one for _, one in sorted((pair for held in self.groups.values() for pair in held), key=_at)]


def side_by_side(
    original: Iterable[Exchange],
    published: Iterable[Exchange],
    published_id: Callable[[str], str],
    seed: int = 0,
    most: int = MOST_EXCHANGES,
) -> list[Pair]:
    """Each sampled raw exchange, in the order of the raw trace, with the one made from it, or None if there is none.

    `published_id` maps the ids; the published ones come in any order. Raises UsageError if none of them fits.
    """
    sample = _Sample(seed, most)
    for at, exchange in enumerate(original):
        sample.take(at, exchange)
    raw = sample.in_order()
    wanted = {published_id(exchange.id) for exchange in raw}
    count, made = 0, {}
    for exchange in published:
        count += 1
        if exchange.id in wanted:
            made[exchange.id] = exchange
    if count and not made:
        raise UsageError(f"{count} published exchanges come from no exchange of the raw trace: give both of one run")
    return [(exchange, made.get(published_id(exchange.id))) for exchange in raw]


def _weight(exchange: Exchange) -> int:
    return len(exchange.request.body) + (len(exchange.response.body) if exchange.response else 0)


def _at(pair: tuple[int, Exchange]) -> int:
    return pair[0]
