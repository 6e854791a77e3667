"""One walk over the rewritten trace for all checks that look into its messages, made when the first of them asks.

Nothing of it comes from the run itself: people, endpoints and identifying forms are read again from what is published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from smartsandbox.anonymize.checks.form_search import FormSearch, bare
from smartsandbox.anonymize.leaves import Kind, Leaf, holds_value
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.spilled import Scratch, SpilledDict
from smartsandbox.anonymize.subjects import SubjectCollector, SubjectTable
from smartsandbox.anonymize.timeline.course import Course, CourseLog
from smartsandbox.packs.model import Exchange


@dataclass(frozen=True, slots=True)
class Walked:
    """What a reader of the trace finds: `people` with their published attributes, the course of their requests, values
    that identify by their form. `unmatched` requests are of no endpoint of the policy and were not looked into.
    """

    people: SubjectTable
    course: Course
    search: FormSearch
    unmatched: int


@dataclass
class Walk:
    """Reads `output` once. `surrogates` are those of the run."""

    policy: Policy
    output: Callable[[], Iterable[Exchange]]
    surrogates: Mapping[tuple[str, str], str] = field(repr=False)

    @cached_property
    def walked(self) -> Walked:
        """The findings, worked out at the first call."""
        walker = _Walker(self.policy, self._is_ours)
        for exchange in self.output():
            walker.take(exchange)
        course = walker.log.course(walker.subjects.speaker_of)
        walker.log.release()
        walker.scratch.release()
        return Walked(walker.subjects.table(), course, walker.search, walker.unmatched)

    def _is_ours(self, plain: str) -> bool:
        return plain in self._made

    @cached_property
    def _made(self) -> SpilledDict:
        """Letters and digits of every surrogate."""
        made = Scratch().dictionary()
        for _, surrogate in self.surrogates.items():
            made[bare(surrogate)] = ""
        return made


class _Walker:
    def __init__(self, policy: Policy, is_ours: Callable[[str], bool]) -> None:
        self.policy, self.table, self.scratch = policy, policy.table, Scratch()
        self.subjects, self.log = SubjectCollector(scratch=self.scratch), CourseLog()
        self.search = FormSearch(policy, is_ours)
        self.unmatched = 0

    def take(self, exchange: Exchange) -> None:
        bound = self.table.match(exchange.request.method, exchange.request.path)
        if bound is None:
            self.unmatched += 1
            return
        self.log.take(exchange, bound.name)
        self.search.take(exchange, bound, self.visit)
        self.subjects.close(exchange.session, exchange.id)

    def visit(self, leaf: Leaf) -> str:
        if self.policy.sensitive:
            self._sensitive(leaf)
        if leaf.kind is not Kind.LITERAL:
            self._person(leaf)
        return self.search.visit(leaf)

    def _sensitive(self, leaf: Leaf) -> None:
        name = self.policy.sensitive_name(leaf.address)
        if name is not None and holds_value(leaf):
            self.subjects.sensitive(name, leaf.scope, leaf.value)

    def _person(self, leaf: Leaf) -> None:
        if self.policy.is_subject(leaf.address):
            self.subjects.subject(leaf.location, leaf.scope, leaf.value)
        decision = self.policy.decide(leaf.endpoint, leaf.location, leaf.pointer)
        if decision is not None and decision.action is Action.GENERALISE:
            self.subjects.attribute(decision.argument, leaf.scope, leaf.value)
