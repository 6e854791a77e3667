"""Finds objects whose keys are data although no single key looks like it: many keys, each of them rare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set

from smartsandbox.anonymize.classify.stats import TraceStats
from smartsandbox.anonymize.classify.telling import telling_finder
from smartsandbox.anonymize.leaves import ANY, KEY, VALUE, Address, Location
from smartsandbox.anonymize.surrogates.base import fold

_MANY = 30
_RARE = 0.3
_HUGE = 200
_BODIES = frozenset((Location.REQUEST_BODY, Location.RESPONSE_BODY, Location.QUERY))
_NOT_KEYS = frozenset((ANY, KEY, VALUE))


def find_maps(stats: TraceStats) -> frozenset[Address]:
    """Addresses of objects to treat as maps: over 30 keys, on average in under 30 % of the objects, or over 200."""
    children: dict[Address, dict[str, int]] = defaultdict(dict)
    for address, leaf in stats.leaves.items():
        if address.location in _BODIES:
            for at, token in enumerate(address.pointer):
                if token not in _NOT_KEYS:
                    keys = children[address._replace(pointer=address.pointer[:at])]
                    keys[token] = max(keys.get(token, 0), leaf.count)
    return frozenset(address for address, keys in children.items() if _is_map(keys))


def keyed_by(stats: TraceStats, sensitive: Set[str], people: Set[str]) -> frozenset[Address]:
    """Addresses of objects with a key that is, or tells by an id inside it, a sensitive value which names somebody."""
    telling = telling_finder(sensitive, people)
    found = set()
    for address in stats.leaves:
        if address.location in _BODIES:
            for at, token in enumerate(address.pointer):
                folded = fold(token)
                if (folded in sensitive and folded in people) or telling.standing_in(folded):
                    found.add(address._replace(pointer=address.pointer[:at]))
    return frozenset(found)


def _is_map(keys: dict[str, int]) -> bool:
    if len(keys) <= _MANY:
        return False
    share = sum(keys.values()) / (len(keys) * max(keys.values()))
    return share < _RARE or len(keys) > _HUGE
