"""What was seen at one leaf over a whole trace: counts, kinds, a bounded sample of its values and who sent them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from smartsandbox.anonymize.hot.exchange import HotRewriter
from smartsandbox.anonymize.hot.sites import Handling
from smartsandbox.anonymize.leaves import Address, IsMap, Kind
from smartsandbox.anonymize.rewrite import no_maps
from smartsandbox.anonymize.values import TRIVIAL
from smartsandbox.anonymize.walk import Scope
from smartsandbox.packs.endpoints import Bound, EndpointTable
from smartsandbox.packs.model import Exchange

MOST_VALUES = 400
"""Distinct values kept of one leaf; the rest are counted only."""

MOST_CHARACTERS = 600
"""Of a longer value this much is kept, which is enough to tell its shape."""

_MOST_SESSIONS = 64


@dataclass(slots=True)
class LeafStats:
    """`values` maps a value to how often it came; `sessions` holds at most 64 of those that sent any."""

    count: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    values: dict[str, int] = field(default_factory=dict)
    overflowed: bool = False
    sessions: set[str] = field(default_factory=set)

    def add(self, value: str, kind: Kind, session: str) -> None:
        """Count one value."""
        self.count += 1
        self.kinds[kind] += 1
        if len(self.sessions) < _MOST_SESSIONS:
            self.sessions.add(session)
        if kind is Kind.LITERAL:
            return
        value = value[:MOST_CHARACTERS]
        if value in self.values:
            self.values[value] += 1
        elif len(self.values) < MOST_VALUES:
            self.values[value] = 1
        else:
            self.overflowed = True

    def merged(self, other: LeafStats) -> LeafStats:
        """Both together; the sample stays bounded."""
        values = dict(self.values)
        for value, count in other.values.items():
            if value in values or len(values) < MOST_VALUES:
                values[value] = values.get(value, 0) + count
        overflowed = self.overflowed or other.overflowed or len(values) >= MOST_VALUES
        sessions = set(sorted(self.sessions | other.sessions)[:_MOST_SESSIONS])
        return LeafStats(self.count + other.count, self.kinds + other.kinds, values, overflowed, sessions)

    @property
    def meaningful(self) -> list[str]:
        """The distinct values that say anything, in order of first sight."""
        return [value for value in self.values if value.strip().lower() not in TRIVIAL]


@dataclass(slots=True)
class TraceStats:
    """Statistics by address, and how many sessions and exchanges there were."""

    leaves: dict[Address, LeafStats] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    exchanges: int = 0


class _Gatherer:
    """Counts every leaf of one exchange after another."""

    def __init__(self, is_map: IsMap) -> None:
        self.stats = TraceStats()
        self._session = ""
        self._rewriter = HotRewriter(self._handling, is_map)

    def observe(self, exchange: Exchange, bound: Bound) -> None:
        self._session = exchange.session or ""
        self.stats.sessions.add(self._session)
        self.stats.exchanges += 1
        self._rewriter.parts(exchange, bound)

    def _handling(self, address: Address) -> Handling:
        leaf: LeafStats | None = None

        def take(value: str, kind: Kind, scope: Scope) -> str:
            nonlocal leaf
            if leaf is None:  # only now: what stands in a code is a leaf of another address
                leaf = self.stats.leaves.setdefault(address, LeafStats())
            leaf.add(value, kind, self._session)
            return value

        return Handling(take)


def gather(exchanges: Iterable[Exchange], table: EndpointTable, is_map: IsMap = no_maps) -> TraceStats:
    """Statistics of a whole trace. Exchanges that no endpoint matches are left out."""
    gatherer = _Gatherer(is_map)
    for exchange in exchanges:
        bound = table.match(exchange.request.method, exchange.request.path)
        if bound is not None:
            gatherer.observe(exchange, bound)
    return gatherer.stats
