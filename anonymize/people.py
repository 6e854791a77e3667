"""The table of people of a trace under a policy, by a walk over nothing but the places where people may be named."""

from __future__ import annotations

from collections.abc import Iterable

from smartsandbox.anonymize.leaves import Kind, Leaf
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.rewrite import Places, rewrite
from smartsandbox.anonymize.subjects import SubjectCollector, SubjectTable
from smartsandbox.packs.model import Exchange


def people_of(exchanges: Iterable[Exchange], policy: Policy) -> SubjectTable:
    """Subjects and quasi-identifiers of every exchange that an endpoint of the policy matches, joined."""
    walk = _Walk(policy)
    for exchange in exchanges:
        walk.take(exchange)
    return walk.subjects.table()


class _Walk:
    def __init__(self, policy: Policy) -> None:
        self.policy, self.table = policy, policy.table
        self.subjects = SubjectCollector()
        self.places = places_of_people(policy)

    def take(self, exchange: Exchange) -> None:
        bound = self.table.match(exchange.request.method, exchange.request.path)
        if bound is not None:
            rewrite(exchange, bound, self.visit, self.policy.is_map, self.places)
            self.subjects.close(exchange.session, exchange.id)

    def visit(self, leaf: Leaf) -> str:
        decision = self.policy.decide(leaf.endpoint, leaf.location, leaf.pointer)
        if decision is not None and leaf.kind is not Kind.LITERAL:
            if self.policy.is_subject(leaf.address):
                self.subjects.subject(leaf.location, leaf.scope, leaf.value)
            if decision.action is Action.GENERALISE:
                self.subjects.attribute(decision.argument, leaf.scope, leaf.value)
        return leaf.value


def places_of_people(policy: Policy) -> Places:
    """Location and first step of every pointer that a subject or a quasi-identifier may have, at any endpoint."""
    found = {address for address, one in policy.decisions.items() if one.action is Action.GENERALISE}
    return frozenset((one.location, one.pointer[0] if one.pointer else "") for one in found | policy.subjects)
