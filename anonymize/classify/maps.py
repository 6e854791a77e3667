"""Finds objects whose keys are data although `is_value_key` takes none for it.

They have many keys, each of them rare, or keys that are spelt like nothing but random identifiers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Set

from smartsandbox.anonymize.classify.stats import TraceStats
from smartsandbox.anonymize.classify.telling import telling_finder
from smartsandbox.anonymize.key_odds import name_odds
from smartsandbox.anonymize.leaves import ANY, BODIES, KEY, VALUE, Address, Location
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.packs.endpoints import EndpointTable

_MANY = 30
_RARE = 0.3
_HUGE = 200
_RANDOM_FROM, _RANDOM = 8, -8.0
"""Letters and digits that a random key has at least, and bits of `name_odds` that it has at most."""
_KEYED = BODIES | {Location.QUERY}
_NOT_KEYS = frozenset((ANY, KEY, VALUE))


def find_maps(stats: TraceStats) -> frozenset[Address]:
    """Addresses of objects to treat as maps: over 30 keys, on average in under 30 % of the objects, or over 200, or
    half of them random.

    In how many objects a key stands is not told by what is in a list under it: a list of ten counts ten times.
    """
    children: dict[Address, dict[str, int]] = defaultdict(dict)
    for address, leaf in stats.leaves.items():
        if address.location in _KEYED:
            for at, token in enumerate(address.pointer):
                if token not in _NOT_KEYS:
                    keys = children[address._replace(pointer=address.pointer[:at])]
                    seen = 1 if _NOT_KEYS.intersection(address.pointer[at + 1 :]) else leaf.count
                    keys[token] = max(keys.get(token, 0), seen)
    return frozenset(address for address, keys in children.items() if _is_map(keys) or are_random(keys))


def placed(maps: Iterable[Address], settled: EndpointTable) -> frozenset[Address]:
    """The maps at the endpoints of a settled table. One below a named field is a map wherever the field stands; the
    body itself, or a list that it is, is one at its own endpoint only, else every body of the service would be.
    """
    return frozenset(
        address._replace(endpoint=ANY if set(address.pointer) - _NOT_KEYS else _renamed(address.endpoint, settled))
        for address in maps
    )


def _renamed(endpoint: str, settled: EndpointTable) -> str:
    """The template that requests of an earlier one match now, in which more may be a parameter."""
    method, _, path = endpoint.partition(" ")
    bound = settled.match(method, path)
    return ANY if bound is None else bound.name


def keyed_by(stats: TraceStats, sensitive: Set[str], people: Set[str]) -> frozenset[Address]:
    """Addresses of objects with a key that is, or tells by an id inside it, a sensitive value which names somebody."""
    telling = telling_finder(sensitive, people)
    found = set()
    for address in stats.leaves:
        if address.location in _KEYED:
            for at, token in enumerate(address.pointer):
                folded = fold(token)
                if (folded in sensitive and folded in people) or telling.standing_in(folded):
                    found.add(address._replace(pointer=address.pointer[:at]))
    return frozenset(found)


def are_random(keys: Collection[str]) -> bool:
    """Whether at least half of an object's keys are random identifiers: one beside many others is an odd abbreviation,
    or a word of a language that `name_odds` does not know.
    """
    random = sum(name_odds(key) <= _RANDOM and sum(map(str.isalnum, key)) >= _RANDOM_FROM for key in keys)
    return 2 * random >= len(keys) > 0


def _is_map(keys: dict[str, int]) -> bool:
    if len(keys) <= _MANY:
        return False
    share = sum(keys.values()) / (len(keys) * max(keys.values()))
    return share < _RARE or len(keys) > _HUGE
