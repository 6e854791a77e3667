"""Makes a drafted policy short: what all endpoints decide alike is decided once, under "*".

Every leaf that the long policy decides is decided the same by the short one. But an entry under "*" also decides its
place at endpoints where the capture did not show it, so only decisions that replace are moved up freely; one that lets
values through needs several endpoints that agree and none that differs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from smartsandbox.anonymize.leaves import ANY, Address, Pointer
from smartsandbox.anonymize.policy import Action, Decision, Policy

_REPLACING = frozenset((Action.SURROGATE, Action.DROP, Action.GENERALISE))
"""Nothing of the value is left: safe for a place that nobody has seen, whatever stands there."""

_SCREENED = frozenset((Action.COMMON, Action.FREE_TEXT, Action.RETIME))
"""What is left of the value was looked at: safe where nobody decided more strictly."""

LEAST_ALIKE, LEAST_KEPT = 2, 3
"""Endpoints that must agree, and those that must agree to keep."""

_Place = tuple[str, Pointer]


def compact(policy: Policy) -> Policy:
    """The same decisions, and the same subjects, with fewer entries. Doing it twice changes nothing more."""
    by_place: dict[_Place, dict[str, Decision]] = defaultdict(dict)
    for address, decision in policy.decisions.items():
        by_place[address.location, address.pointer][address.endpoint] = decision
    decisions = {}
    for (location, pointer), decided in by_place.items():
        for endpoint, decision in _hoisted(decided).items():
            decisions[Address(endpoint, location, pointer)] = decision
    return replace(policy, decisions=decisions, subjects=_subjects(policy, by_place))


def _hoisted(decided: Mapping[str, Decision]) -> dict[str, Decision]:
    """The entries of one place, with the decision that may stand for most endpoints moved under "*"."""
    if ANY in decided:
        return {name: one for name, one in decided.items() if name == ANY or one != decided[ANY]}
    counts = Counter(decided.values())
    shared = min(counts, key=lambda one: (-counts[one], str(one)))
    if not _may_stand_for_all(shared, counts):
        return dict(decided)
    return {ANY: shared} | {name: one for name, one in decided.items() if one != shared}


def _may_stand_for_all(shared: Decision, counts: Mapping[Decision, int]) -> bool:
    if shared.action in _REPLACING:
        return counts[shared] >= LEAST_ALIKE
    return len(counts) == 1 and counts[shared] >= (LEAST_ALIKE if shared.action in _SCREENED else LEAST_KEPT)


def _subjects(policy: Policy, by_place: Mapping[_Place, Mapping[str, Decision]]) -> frozenset[Address]:
    """A place that names people at every endpoint that has it is named once."""
    named: dict[_Place, set[str]] = defaultdict(set)
    for address in policy.subjects:
        named[address.location, address.pointer].add(address.endpoint)
    found = set()
    for (location, pointer), endpoints in named.items():
        everywhere = ANY in endpoints or (
            len(endpoints) >= LEAST_ALIKE and endpoints >= set(by_place[location, pointer])
        )
        found |= {Address(name, location, pointer) for name in ({ANY} if everywhere else endpoints)}
    return frozenset(found)
