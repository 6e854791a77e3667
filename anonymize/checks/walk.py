"""One walk over the rewritten trace for all checks that look into its messages, made when the first of them asks.

Nothing of it comes from the run itself: people, endpoints and identifying forms are read again from what is published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from smartsandbox.anonymize.checks.form_search import FormSearch, Look, bare, is_signature
from smartsandbox.anonymize.hot.exchange import HotRewriter
from smartsandbox.anonymize.hot.sites import Handling
from smartsandbox.anonymize.leaves import Address, Kind, says_something
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.spilled import Scratch, SpilledDict
from smartsandbox.anonymize.subjects import SubjectCollector, SubjectTable
from smartsandbox.anonymize.timeline.course import Course, CourseLog
from smartsandbox.anonymize.walk import Scope
from smartsandbox.packs.memory import trim
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
        walker.log.forget_sessions()
        walker.log.release()
        walker.search.release()
        walker.scratch.release()
        trim()
        return Walked(walker.subjects.table(), course, walker.search, walker.unmatched)

    def release(self) -> None:
        """Forget the findings; who asks again has them worked out again."""
        for name in ("walked", "_made"):
            self.__dict__.pop(name, None)

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
        self.rewriter = HotRewriter(self.handling, policy.is_map)
        self.unmatched = 0

    def take(self, exchange: Exchange) -> None:
        bound = self.table.match(exchange.request.method, exchange.request.path)
        if bound is None:
            self.unmatched += 1
            return
        self.log.take(exchange, bound.name)
        self.search.take(exchange, bound, self.rewriter)
        self.subjects.close(exchange.session, exchange.id)

    def handling(self, address: Address) -> Handling:
        """What is read out of the leaves of an address; a text there is read once if it says nothing about anybody."""
        look = self.search.looking(address) or _unseen
        notes = [*self._sensitive(address), *self._person(address)]
        if notes:
            return Handling(partial(_noted, notes, look))
        return Handling(partial(_looked, look), None if is_signature(address) else _as_before)

    def _sensitive(self, address: Address) -> Iterator[Note]:
        name, sensitive = self.policy.sensitive_name(address), self.subjects.sensitive
        if name is not None:
            yield lambda value, kind, scope: sensitive(name, scope, value) if says_something(value, kind) else None

    def _person(self, address: Address) -> Iterator[Note]:
        subject, attribute, location = self.subjects.subject, self.subjects.attribute, address.location
        if self.policy.is_subject(address):
            yield lambda value, kind, scope: subject(location, scope, value) if kind is not Kind.LITERAL else None
        decision = self.policy.decide(*address)
        if decision is not None and decision.action is Action.GENERALISE:
            name = decision.argument
            yield lambda value, kind, scope: attribute(name, scope, value) if kind is not Kind.LITERAL else None


Note = Callable[[str, Kind, Scope], None]
"""Takes down a leaf."""


def _noted(notes: Iterable[Note], look: Look, value: str, kind: Kind, scope: Scope) -> str:
    for note in notes:
        note(value, kind, scope)
    return look(value, kind)


def _looked(look: Look, value: str, kind: Kind, scope: Scope) -> str:
    return look(value, kind)


def _unseen(value: str, kind: Kind) -> str:
    return value


def _as_before(value: str) -> str:
    return ""
