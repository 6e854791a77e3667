"""Making sets k^m-anonymous: merging items that have a common parent, and suppressing items, as little as needed.

Neither step can make an itemset rare that was not, so the greedy choice (most rare itemsets resolved for the
occurrences it costs) ends; a second pass puts back every item that is not needed to keep the property.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from smartsandbox.anonymize.kanon.km import Violation, violations

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


@dataclass(frozen=True, slots=True)
class _State:
    original: Sets
    parents: Mapping[str, str]
    suppressed: frozenset[str] = frozenset()
    merged: frozenset[str] = frozenset()

    def label(self, item: str) -> str:
        """What an item is published as."""
        parent = self.parents.get(item, item)
        return parent if parent in self.merged else item

    def sets(self) -> Sets:
        """What is published."""
        return tuple(
            frozenset(label for item in one if (label := self.label(item)) not in self.suppressed)
            for one in self.original
        )

    def suppressing(self, label: str) -> _State:
        return _State(self.original, self.parents, self.suppressed | {label}, self.merged)

    def merging(self, parent: str) -> _State:
        return _State(self.original, self.parents, self.suppressed, self.merged | {parent})

    def restoring(self, label: str) -> _State:
        return _State(self.original, self.parents, self.suppressed - {label}, self.merged)


def repair(sets: Sequence[Collection[str]], k: int, m: int, parents: Mapping[str, str] | None = None) -> Repair:
    """Sets in which every itemset of up to m items that occurs at all is shared by at least k people.

    `parents` says which items may be merged, and into what; a parent is a name that no item has. Merging an item
    costs half of suppressing it. Suppression is minimal: no suppressed item could be put back alone. Deterministic.
    Raises UsageError if k or m is under 1.
    """
    state = _State(tuple(frozenset(one) for one in sets), parents or {})
    while rare := violations(state.sets(), k, m):
        state = _cheapest(state, rare, k)
    for label in sorted(state.suppressed, key=lambda label: (-_occurrences(state, label), label)):
        restored = state.restoring(label)
        if not violations(restored.sets(), k, m):
            state = restored
    return _result(state)


def _cheapest(state: _State, rare: Sequence[Violation], k: int) -> _State:
    counts: dict[str, int] = {}
    for violation in rare:
        for item in violation.items:
            counts[item] = counts.get(item, 0) + 1
    published = state.sets()
    options: list[tuple[float, str, _State]] = []
    for label, resolved in counts.items():
        cost = sum(label in one for one in published)
        options.append((resolved / cost, label, state.suppressing(label)))
    for parent in {state.parents[label] for label in counts if label in state.parents} - state.merged:
        options += _merge_option(state, parent, rare, k)
    return min(options, key=lambda option: (-option[0], option[1]))[2]


def _merge_option(state: _State, parent: str, rare: Sequence[Violation], k: int) -> list[tuple[float, str, _State]]:
    merged = state.merging(parent)
    published = merged.sets()
    resolved = 0
    for violation in rare:
        items = {merged.label(item) for item in violation.items}
        if parent in items and sum(items <= one for one in published) >= k:
            resolved += 1
    cost = sum(parent == state.parents.get(item) for one in state.original for item in one) / 2
    return [(resolved / cost, parent, merged)] if resolved else []


def _occurrences(state: _State, label: str) -> int:
    return sum(state.label(item) == label for one in state.original for item in one)


def _result(state: _State) -> Repair:
    labels = [state.label(item) for one in state.original for item in one]
    lost = sum(label in state.suppressed for label in labels)
    blurred = sum(label in state.merged and label not in state.suppressed for label in labels)
    return Repair(state.sets(), tuple(sorted(state.suppressed)), tuple(sorted(state.merged)), lost, blurred)
