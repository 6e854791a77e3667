"""The first pass: every leaf is checked for a decision, and what the second pass must know is gathered.

That is the sensitive values with their classes, who holds which common value and text, and the table of people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from smartsandbox.anonymize.forms import identifiers_in, names_of
from smartsandbox.anonymize.leaves import Address, Kind, Leaf, Location, holds_value
from smartsandbox.anonymize.policy import Action, Decision, Policy
from smartsandbox.anonymize.pools import Pools
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.anonymize.subjects import SubjectCollector
from smartsandbox.anonymize.timeline.course import CourseLog
from smartsandbox.anonymize.timeline.notation import read_time
from smartsandbox.anonymize.timeline.sightings import SightingsLog
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
    pools: Pools = field(default_factory=Pools)
    subjects: SubjectCollector = field(init=False)
    common: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)
    course: CourseLog = field(default_factory=CourseLog)
    times: SightingsLog = field(default_factory=SightingsLog)
    sessions: set[str] = field(default_factory=set)
    missing: set[Address] = field(default_factory=set)
    used: set[Address] = field(default_factory=set)
    unmatched: int = 0
    exchanges: int = 0

    def __post_init__(self) -> None:
        self.subjects = SubjectCollector(self.pools.note)


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
        self.found.course.take(exchange, bound.name)
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
        self._take(leaf, decision)
        return leaf.value

    def _take(self, leaf: Leaf, decision: Decision) -> None:
        found, action, argument = self.found, decision.action, decision.argument
        if action is Action.SURROGATE:
            found.values.note(leaf.value, argument)
        elif action is Action.GENERALISE:
            found.subjects.attribute(argument, leaf.scope, leaf.value)
        elif action is Action.BAND:
            found.subjects.held(argument, leaf.scope, leaf.value)
        elif action is Action.COMMON:
            self._hold(found.common, leaf)
        elif action is Action.FREE_TEXT:
            self._hold(found.texts, leaf)
        elif action is Action.RETIME and leaf.location != Location.TIMING:
            self._sight(leaf.value)

    def _sensitive(self, leaf: Leaf) -> None:
        name = self.policy.sensitive_name(leaf.address)
        if name is not None and holds_value(leaf):
            self.found.used.add(leaf.address)
            self.found.subjects.sensitive(name, leaf.scope, leaf.value)

    def _sight(self, value: str) -> None:
        written, course = read_time(value), self.found.course
        if written is not None and not written.sentinel:
            self.found.times.take(written.us, course.session[-1], course.row)

    def _hold(self, holders: dict[str, set[str]], leaf: Leaf) -> None:
        """Remember who holds a text; what identifies by its form inside it is a value of its own."""
        if leaf.value not in holders:
            for value, class_name in identifiers_in(leaf.value, names_of(leaf.pointer)):
                self.found.values.note(value, class_name)
        known = holders.setdefault(leaf.value, set())
        if len(known) < MOST_HOLDERS:
            known.add(self.session)
