"""Which leaves name a person: those that the policy marks as subjects, or where it marks none, those that look so.

A policy without quasi-identifiers needs no subjects, but an erasure must still know that the id and the e-mail of one
object are one person's. Then an object's own identifiers count (`id`, `email`, `login`, ...) and the ids in a path, and
not references to others (`agent_id`): one wrong join through a reference would erase everybody whom an agent served.
"""

from __future__ import annotations

from collections.abc import Callable

from smartsandbox.anonymize.leaves import Kind, Leaf, Location
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.anonymize.values import is_trivial

_OWN = frozenset(("id", "_id", "uuid", "guid", "email", "phone", "sub", "login", "username", "national_id"))
_CLASSES = frozenset(("id", "uuid", "email", "phone", "username", "token", "national_id"))

NamesSomebody = Callable[[Leaf], bool]


def subject_leaves(policy: Policy) -> NamesSomebody:
    """The test of a leaf under a policy. Literals and values that stand for nothing name nobody."""

    def names_somebody(leaf: Leaf) -> bool:
        if leaf.kind is Kind.LITERAL:
            return False
        own = policy.is_subject(leaf.address) if policy.subjects else _looks_own(leaf, class_of(policy, leaf))
        return own and not is_trivial(fold(leaf.value))

    return names_somebody


def _looks_own(leaf: Leaf, class_name: str) -> bool:
    return class_name in _CLASSES and (
        leaf.location == Location.PATH or any(name.lower() in _OWN for name in leaf.pointer[-1:])
    )


def class_of(policy: Policy, leaf: Leaf) -> str:
    """The surrogate class that the policy gives a leaf, or ""."""
    decision = policy.decide(leaf.endpoint, leaf.location, leaf.pointer)
    return decision.argument if decision and decision.action is Action.SURROGATE else ""
