"""The first pass: every leaf is checked for a decision, and what the second pass must know is gathered.

That is the sensitive values with their classes, who holds which common value and text, and the table of people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from smartsandbox.anonymize.leaves import Address, Kind, Leaf, holds_value
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.anonymize.subjects import SubjectCollector
from smartsandbox.anonymize.values import Values
from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.model import Exchange

MOST_HOLDERS = 64
"""Sessions remembered of one value; k is never above it."""


@dataclass(slots=True)
class Collected:
    """What the first pass found. `missing` are leaves and `unmatched` requests that the policy has nothing for; `used`
    are the places of subjects and of sensitive attributes that hold anything.
    """

    values: Values = field(default_factory=Values)
    subjects: SubjectCollector = field(default_factory=SubjectCollector)
    common: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    missing: set[Address] = field(default_factory=set)
    used: set[Address] = field(default_factory=set)
    unmatched: int = 0
    exchanges: int = 0


def collect(exchanges: Iterable[Exchange], policy: Policy) -> Collected:
    """Walk a trace once. Nothing is changed and nothing raised: what is undecided is in the result."""
    collector = _Collector(policy)
    for exchange in exchanges:
        collector.take(exchange)
    return collector.found


class _Collector:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.table: EndpointTable = policy.table
        self.found = Collected()
        self.session = ""
        self.marks_subjects = {address.location for address in policy.subjects}
        self.marks_sensitive = {address.location for one in policy.sensitive.values() for address in one.at}

    def take(self, exchange: Exchange) -> None:
        self.found.exchanges += 1
        bound = self.table.match(exchange.request.method, exchange.request.path)
        if bound is None:
            self.found.unmatched += 1
            return
        self.session = exchange.session or ""
        self.found.sessions.add(self.session)
        rewrite(exchange, bound, self.visit, self.policy.is_map)
        self.found.subjects.close(exchange.session, exchange.id)

    def visit(self, leaf: Leaf) -> str:
        decision = self.policy.decide(leaf.endpoint, leaf.location, leaf.pointer)
        if decision is None:
            self.found.missing.add(leaf.address)
            return leaf.value
        if leaf.location in self.marks_sensitive:
            self._sensitive(leaf)
        if leaf.kind is Kind.LITERAL:
            return leaf.value
        if leaf.location in self.marks_subjects and self.policy.is_subject(leaf.address):
            self.found.used.add(leaf.address)
            self.found.subjects.subject(leaf.location, leaf.scope, leaf.value)
        action = decision.action
        if action is Action.SURROGATE:
            self.found.values.note(leaf.value, decision.argument)
        elif action is Action.GENERALISE:
            self.found.subjects.attribute(decision.argument, leaf.scope, leaf.value)
        elif action is Action.COMMON:
            self._hold(self.found.common, leaf.value)
        elif action is Action.FREE_TEXT:
            self._hold(self.found.texts, leaf.value)
        return leaf.value

    def _sensitive(self, leaf: Leaf) -> None:
        name = self.policy.sensitive_name(leaf.address)
        if name is not None and holds_value(leaf):
            self.found.used.add(leaf.address)
            self.found.subjects.sensitive(name, leaf.scope, leaf.value)

    def _hold(self, holders: dict[str, set[str]], value: str) -> None:
        known = holders.setdefault(value, set())
        if len(known) < MOST_HOLDERS:
            known.add(self.session)
