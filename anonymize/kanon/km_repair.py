"""Making sets k^m-anonymous: merging items that have a common parent, and suppressing items, as little as needed.

Sets are safe exactly if every minimal rare itemset loses an item, so suppression is a weighted hitting set: greedily
the item that resolves most for the occurrences it costs, then every item put back that was not needed after all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from smartsandbox.anonymize.kanon.km import Universe, Violation, violations

Sets = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """Sets that are k^m-anonymous. `lost` and `blurred` count the occurrences suppressed and merged."""

    sets: Sets
    suppressed: tuple[str, ...]
    merged: tuple[str, ...]
    """The parents that now stand for all their items."""
    lost: int
    blurred: int


def repair(sets: Sequence[Collection[str]], k: int, m: int, parents: Mapping[str, str] | None = None) -> Repair:
    """Sets in which every itemset of up to m items that occurs at all is shared by at least k people.

    `parents` says which items may be merged, and into what; a parent is a name that no item has. Merging an item
    costs half of suppressing it. Suppression is minimal: no suppressed item could be put back alone. Deterministic.
    Raises UsageError if k or m is under 1.
    """
    above = parents or {}
    merged: frozenset[str] = frozenset()
    while True:
        published = tuple(frozenset(_label(item, above, merged) for item in one) for one in sets)
        chosen = _settle(published, k, m, {item: parent for item, parent in above.items() if parent not in merged})
        if not isinstance(chosen, str):
            break
        merged |= {chosen}
    kept = tuple(one - chosen for one in published)
    lost = sum(len(one & chosen) for one in published)
    blurred = sum(_label(item, above, merged) in merged - chosen for one in sets for item in one)
    return Repair(kept, tuple(sorted(chosen)), tuple(sorted(merged)), lost, blurred)


def _label(item: str, parents: Mapping[str, str], merged: frozenset[str]) -> str:
    parent = parents.get(item, item)
    return parent if parent in merged else item


def _settle(published: Sets, k: int, m: int, parents: Mapping[str, str]) -> frozenset[str] | str:
    """The items to suppress, or a parent to merge first because that is the cheaper step on the way."""
    rare = violations(published, k, m)
    universe = Universe.of(published)
    costs = dict(zip(universe.items, universe.supports().tolist(), strict=True))
    open_, gone = list(rare), set[str]()
    while open_:
        ratio, item = _best_item(open_, costs)
        merge = _best_parent(open_, costs, universe, parents, k)
        if merge is not None and merge[0] > ratio:
            return merge[1]
        gone.add(item)
        open_ = [violation for violation in open_ if item not in violation.items]
    return _needed(gone, rare, costs)


def _best_item(rare: Sequence[Violation], costs: Mapping[str, int]) -> tuple[float, str]:
    resolved = Counter(item for violation in rare for item in violation.items)
    return max(((count / costs[item], item) for item, count in resolved.items()), key=_first_of_best)


def _best_parent(
    rare: Sequence[Violation], costs: Mapping[str, int], universe: Universe, parents: Mapping[str, str], k: int
) -> tuple[float, str] | None:
    concerned = sorted({parents[item] for violation in rare for item in violation.items if item in parents})
    options = [
        (resolved / (sum(costs[item] for item in children) / 2), parent)
        for parent in concerned
        if (children := [item for item in universe.items if parents.get(item) == parent])
        and (resolved := sum(_merging_resolves(violation, children, universe, k) for violation in rare))
    ]
    return max(options, key=_first_of_best, default=None)


def _merging_resolves(violation: Violation, children: Sequence[str], universe: Universe, k: int) -> bool:
    rest = [item for item in violation.items if item not in children]
    if len(rest) == len(violation.items):
        return False
    return universe.support([children, *([item] for item in rest)]) >= k


def _needed(gone: set[str], rare: Sequence[Violation], costs: Mapping[str, int]) -> frozenset[str]:
    """Put back what is not needed, the most frequent first."""
    needed = set(gone)
    hits = Counter({id(violation): len(needed & set(violation.items)) for violation in rare})
    for item in sorted(gone, key=lambda item: (-costs[item], item)):
        holding = [id(violation) for violation in rare if item in violation.items]
        if all(hits[violation] > 1 for violation in holding):
            needed.discard(item)
            hits.subtract(holding)
    return frozenset(needed)


def _first_of_best(option: tuple[float, str]) -> tuple[float, list[int]]:
    """Greatest ratio; among equals the name that sorts first."""
    return option[0], [-ord(letter) for letter in option[1]]
