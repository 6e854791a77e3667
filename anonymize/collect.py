"""The first pass: every leaf is checked for a decision, and what the second pass must know is gathered.

That is the sensitive values with their classes, who holds which common value and text, and the table of people.
"""

from __future__ import annotations

from collections.abc import Iterable

from smartsandbox.anonymize.digests import MAX_TEXT_KEY
from smartsandbox.anonymize.holders import Holders, holder
from smartsandbox.anonymize.leaves import Address, Kind, Leaf
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.anonymize.spilled import Scratch
from smartsandbox.anonymize.subjects import SubjectCollector
from smartsandbox.anonymize.surrogates.texts import MAX_TEXT
from smartsandbox.anonymize.values import Values
from smartsandbox.anonymize.vocabulary import vocabulary_of
from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.model import Exchange


class Collected:
    """What the first pass found. `missing` are leaves and `unmatched` requests that the policy has nothing for.

    Common values and texts are kept with up to `most` of the sessions that hold them; `sessions` are all of them.
    """

    def __init__(self, most: int) -> None:
        self.scratch = Scratch()
        self.values = Values(self.scratch)
        self.subjects = SubjectCollector(self.scratch)
        self.common = Holders(self.scratch, most)
        self.texts = Holders(self.scratch, most)
        self.sessions = self.scratch.dictionary()
        self.missing: set[Address] = set()
        self.unmatched = 0
        self.exchanges = 0

    def close(self) -> None:
        """Give up what was written to disk."""
        self.scratch.close()


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
        self.found = Collected(policy.k)
        self.vocabulary = vocabulary_of(policy)
        self.session: tuple[str, ...] = ()
        self.marks_subjects = {address.location for address in policy.subjects}

    def take(self, exchange: Exchange) -> None:
        self.found.exchanges += 1
        bound = self.table.match(exchange.request.method, exchange.request.path)
        if bound is None:
            self.found.unmatched += 1
            return
        session = exchange.session or ""
        self.session = (holder(session),)
        if session not in self.found.sessions:
            self.found.sessions[session] = ""
        rewrite(exchange, bound, self.visit, self.policy.is_map)
        self.found.subjects.close(exchange.session, exchange.id)

    def visit(self, leaf: Leaf) -> str:
        decision = self.policy.decide(leaf.endpoint, leaf.location, leaf.pointer)
        if decision is None:
            self.found.missing.add(leaf.address)
            return leaf.value
        if leaf.kind is Kind.LITERAL:
            return leaf.value
        if leaf.location in self.marks_subjects and self.policy.is_subject(leaf.address):
            self.found.subjects.subject(leaf.location, leaf.scope, leaf.value)
        action = decision.action
        if action is Action.SURROGATE:
            self.found.values.note(leaf.value, decision.argument)
        elif action is Action.GENERALISE:
            self.found.subjects.attribute(decision.argument, leaf.scope, leaf.value)
        elif action is Action.COMMON:
            self.common(leaf.value)
        elif action is Action.FREE_TEXT:
            self.text(leaf.value)
        return leaf.value

    def common(self, value: str) -> None:
        """What is too long to be a constant is decided now, so that it need not be kept."""
        if len(value) <= MAX_TEXT_KEY:
            self.found.common.add(value, self.session)
        elif not self.vocabulary.is_public(value):
            self.found.values.note(value, "text")

    def text(self, value: str) -> None:
        """A long text is never published, whoever else sent it."""
        if len(value) <= MAX_TEXT:
            self.found.texts.add(value, self.session)
        else:
            self.found.values.note(value, "text")
