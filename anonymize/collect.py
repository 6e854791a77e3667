"""The first pass: every leaf is checked for a decision, and what the second pass must know is gathered.

That is the sensitive values with their classes, who holds which common value and text, and the table of people.
"""

from __future__ import annotations

from collections.abc import Iterable

from smartsandbox.anonymize.digests import MAX_TEXT_KEY
from smartsandbox.anonymize.forms import identifiers_in, names_of
from smartsandbox.anonymize.holders import Holders, holder
from smartsandbox.anonymize.leaves import Address, Kind, Leaf, Location, holds_value
from smartsandbox.anonymize.memo import LONGEST, Memo
from smartsandbox.anonymize.policy import Action, Decision, Policy
from smartsandbox.anonymize.pools import Pools
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.anonymize.spilled import Scratch
from smartsandbox.anonymize.subjects import SubjectCollector
from smartsandbox.anonymize.surrogates.texts import MAX_TEXT
from smartsandbox.anonymize.timeline.course import CourseLog
from smartsandbox.anonymize.timeline.notation import read_time
from smartsandbox.anonymize.timeline.sightings import SightingsLog
from smartsandbox.anonymize.values import Values
from smartsandbox.anonymize.vocabulary import vocabulary_of
from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.model import Exchange


class Collected:
    """What the first pass found. `missing` are leaves and `unmatched` requests that the policy has nothing for; `used`
    are the places of subjects and of sensitive attributes that hold anything.

    Common values and texts are kept with up to `most` of the sessions that hold them; `sessions` are all of them.
    """

    def __init__(self, most: int) -> None:
        self.scratch = Scratch()
        self.values = Values(self.scratch)
        self.pools = Pools()
        self.subjects = SubjectCollector(self.pools.note, self.scratch)
        self.common = Holders(self.scratch, most)
        self.texts = Holders(self.scratch, most)
        self.course = CourseLog()
        self.times = SightingsLog()
        self.sessions = self.scratch.dictionary()
        self.missing: set[Address] = set()
        self.used: set[Address] = set()
        self.unmatched = 0
        self.exchanges = 0

    def release(self) -> None:
        """Give back the memory of what lies on disk; all of it stays readable."""
        self.scratch.release()
        self.values.scratch.release()
        self.course.release()

    def close(self) -> None:
        """Give up what was written to disk; the values may have come from another pass."""
        self.scratch.close()
        self.values.scratch.close()


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
        self.identified: Memo[str, bool] = Memo()
        """Texts that were looked through already."""
        self.marks_subjects = {address.location for address in policy.subjects}
        self.marks_sensitive = {address.location for one in policy.sensitive.values() for address in one.at}

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
            self._common(leaf)
        elif action is Action.FREE_TEXT:
            self._text(leaf)
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
            self.found.times.take(written.us, course.last_session, course.row)

    def _common(self, leaf: Leaf) -> None:
        """What is too long to be a constant is decided now, so that it need not be kept."""
        self._identify(leaf)
        if len(leaf.value) <= MAX_TEXT_KEY:
            self.found.common.add(leaf.value, self.session)
        elif not self.vocabulary.is_public(leaf.value):
            self.found.values.note(leaf.value, "text")

    def _text(self, leaf: Leaf) -> None:
        """A long text is never published, whoever else sent it."""
        self._identify(leaf)
        if len(leaf.value) <= MAX_TEXT:
            self.found.texts.add(leaf.value, self.session)
        else:
            self.found.values.note(leaf.value, "text")

    def _identify(self, leaf: Leaf) -> None:
        """What identifies by its form inside a text is a value of its own."""
        if leaf.value in self.identified:
            return
        for value, class_name in identifiers_in(leaf.value, names_of(leaf.pointer)):
            self.found.values.note(value, class_name)
        if len(leaf.value) <= LONGEST:
            self.identified.keep(leaf.value, True)
