"""Finds the leaves that name the person a quasi-identifier is about: the id in its object, in one around it, in the
path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from smartsandbox.anonymize.classify.stats import TraceStats
from smartsandbox.anonymize.keynames import tokens_of
from smartsandbox.anonymize.leaves import ANY, Address, Location, Pointer
from smartsandbox.anonymize.policy import Action, Decision
from smartsandbox.anonymize.surrogates.base import fold

_ID_CLASSES = frozenset(("id", "uuid", "email", "username", "token", "national_id"))
_OWN_IDS = frozenset(("id", "uuid", "_id", "guid", "email", "sub", "login", "username"))
_PERSON_WORDS = frozenset(
    ["customer", "account", "user", "person", "member", "employee", "patient", "subscriber", "cardholder", "client"]
)
_OVERLAP = 0.5
_LEAST_SHARED = 2


def subject_addresses(decisions: Mapping[Address, Decision], stats: TraceStats) -> frozenset[Address]:
    """Leaves next to or around quasi-identifiers that hold ids, the subject claims of tokens, and leaves that hold the
    same ids elsewhere."""
    ids = {address for address, decision in decisions.items() if _holds_ids(decision)}
    found = {address for address in ids if address.pointer[-3:] == ("(jwt)", "claims", "sub")}
    for address, decision in decisions.items():
        if decision.action is Action.GENERALISE:
            found |= _nearest(address, ids)
    return frozenset(found | _sharing(found, ids, stats))


def _holds_ids(decision: Decision) -> bool:
    return decision.action is Action.SURROGATE and decision.argument in _ID_CLASSES


def _nearest(address: Address, ids: Iterable[Address]) -> set[Address]:
    """Ids in the innermost object that has any; in a body only, as path and query speak for the exchange anyway."""
    around = [one for one in ids if one.endpoint == address.endpoint and one.location == address.location]
    for depth in range(len(address.pointer) - 1, -1, -1):
        here = {one for one in around if one.pointer[:-1] == address.pointer[:depth] and _names_person(one.pointer)}
        if here:
            return here
    return {
        one
        for one in ids
        if one.endpoint == address.endpoint
        and one.location == Location.PATH
        and _PERSON_WORDS & set(tokens_of(one.pointer[-1]))
    }


def _names_person(pointer: Pointer) -> bool:
    name = pointer[-1].lower()
    return name in _OWN_IDS or (name.endswith(("_id", "id")) and bool(_PERSON_WORDS & set(tokens_of(pointer[-1]))))


def _sharing(found: set[Address], ids: set[Address], stats: TraceStats) -> set[Address]:
    """Leaves half of whose values, and at least two, are ids of people already found."""
    known = {fold(value) for address in found for value in _values(address, stats)}
    more = set()
    for address in ids - found:
        values = {fold(value) for value in _values(address, stats)}
        shared = len(values & known)
        if shared >= _LEAST_SHARED and shared >= _OVERLAP * len(values):
            more.add(address)
    return more


def _values(address: Address, stats: TraceStats) -> Iterable[str]:
    leaf = stats.leaves.get(address) or stats.leaves.get(address._replace(endpoint=ANY))
    return leaf.meaningful if leaf else ()
