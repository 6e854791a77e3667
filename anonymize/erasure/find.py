"""Which exchanges of a raw trace concern a person.

An exchange concerns them if it names them by any identifier they are known under, if it is of a session in which they
and nobody else spoke, or if it was caused by one that does (a webhook). Their other identifiers are found first: those
that `subjects` joins with the given ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from smartsandbox.anonymize.erasure.person import Person
from smartsandbox.anonymize.erasure.sighting import Observer, Sighting, bound_of
from smartsandbox.anonymize.erasure.subject_leaves import class_of, subject_leaves
from smartsandbox.anonymize.leaves import Leaf
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.anonymize.subjects import SubjectCollector
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import day_of

Read = Callable[[], Iterable[Exchange]]
"""Gives the exchanges of a trace from its start, as often as asked."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is erased. `whole_sessions`: every session that names the person. `redact`: an exchange whose answer
    alone names them stays, with the objects that do so emptied."""

    whole_sessions: bool = False
    redact: bool = False


@dataclass(slots=True)
class Concerned:
    """What concerns the person: ids of exchanges to remove and to redact, and counts of both for people to read."""

    person: Person
    removed: set[str] = field(default_factory=set)
    redacted: set[str] = field(default_factory=set)
    aliases: int = 0
    """Identifiers that were found besides the given ones."""
    attributed: bool = True
    """False where the policy marks no subjects, so that people were told apart by the names of fields."""
    by_endpoint: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By endpoint and day of recording, "YYYY-MM-DD"."""
    by_source: Counter[str] = field(default_factory=Counter)
    """By the file that the exchange was read from."""
    sessions: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many exchanges are removed or redacted."""
        return len(self.removed) + len(self.redacted)


def find_concerned(read: Read, policy: Policy, identifiers: Iterable[str], scope: Scope = Scope()) -> Concerned:
    """Read a trace three times: for other identifiers, for what names the person, for what follows from that.

    Memory is in proportion to the people and sessions of the trace and to what is found, not to its exchanges.
    """
    given = tuple(identifiers)
    names = _aliases(read(), policy, given)
    person = Person.of((*given, *names))
    found = Concerned(person, aliases=len(person.folded - Person.of(given).folded), attributed=bool(policy.subjects))
    sightings = _Sightings(names)
    observer = Observer(policy, person)
    for exchange in read():
        sightings.take(exchange, observer.look(exchange))
    _decide(found, sightings, read, policy, scope)
    return found


def _aliases(exchanges: Iterable[Exchange], policy: Policy, given: tuple[str, ...]) -> frozenset[str]:
    collector, table, names_somebody = SubjectCollector(), policy.table, subject_leaves(policy)
    person, spellings = Person.of(given), set(given)

    def visit(leaf: Leaf) -> str:
        if names_somebody(leaf):
            collector.subject(leaf.location, leaf.scope, leaf.value)
            if person.is_value(leaf.value, class_of(policy, leaf)):
                spellings.add(leaf.value)
        return leaf.value

    for exchange in exchanges:
        rewrite(exchange, bound_of(exchange, table), visit, policy.is_map)
        collector.close(exchange.session, exchange.id)
    return collector.aliases(spellings)


class _Sightings:
    """What was seen, by exchange, and who spoke, by session."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self.asked: set[str] = set()
        self.answered: set[str] = set()
        self.named: set[str] = set()
        self._own: set[str] = set()
        self._others: set[str] = set()

    def take(self, exchange: Exchange, seen: Sighting) -> None:
        speaks = bool(seen.speakers) and seen.speakers <= self._names
        if seen.seen:
            (self.asked if seen.asked or speaks else self.answered).add(exchange.id)
        if exchange.session is None:
            return
        if seen.seen:
            self.named.add(exchange.session)
        if speaks:
            self._own.add(exchange.session)
        elif seen.speakers:
            self._others.add(exchange.session)

    @property
    def own_sessions(self) -> set[str]:
        """Sessions in which the person spoke, and nobody else."""
        return self._own - self._others


def _decide(found: Concerned, sightings: _Sightings, read: Read, policy: Policy, scope: Scope) -> None:
    theirs = sightings.named if scope.whole_sessions else sightings.own_sessions
    removed = sightings.asked | (set() if scope.redact else sightings.answered)
    causes: dict[str, str] = {}
    for exchange in read():
        if exchange.session in theirs:
            removed.add(exchange.id)
        if exchange.caused_by is not None:
            causes[exchange.id] = exchange.caused_by
    while more := {effect for effect, cause in causes.items() if cause in removed and effect not in removed}:
        removed |= more
    found.removed, found.redacted = removed, sightings.answered - removed
    _count(found, read(), policy)


def _count(found: Concerned, exchanges: Iterable[Exchange], policy: Policy) -> None:
    table = policy.table
    for exchange in exchanges:
        if exchange.id in found.removed or exchange.id in found.redacted:
            bound = table.match(exchange.request.method, exchange.request.path)
            endpoint = bound.name if bound else f"{exchange.request.method} (no endpoint of the policy)"
            found.by_endpoint[endpoint, day_of(exchange.started_us)] += 1
            found.by_source[exchange.source.rpartition("#")[0] or "(no file)"] += 1
            found.sessions.add(exchange.session or exchange.id)
