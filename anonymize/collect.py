"""The first pass: every leaf is checked for a decision, and what the second pass must know is gathered.

That is the sensitive values with their classes, who holds which common value and text, and the table of people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from smartsandbox.anonymize.codecs.json import LITERALS
from smartsandbox.anonymize.digests import MAX_TEXT_KEY
from smartsandbox.anonymize.forms import Names, identifiers_in, names_of
from smartsandbox.anonymize.holders import Holders, holder
from smartsandbox.anonymize.hot.exchange import HotRewriter
from smartsandbox.anonymize.hot.sites import Handling, Repeats, Take
from smartsandbox.anonymize.leaves import Address, Kind, Location, says_something
from smartsandbox.anonymize.memo import LONGEST, Memo
from smartsandbox.anonymize.policy import Action, Decision, Policy
from smartsandbox.anonymize.pools import Pools
from smartsandbox.anonymize.spilled import Scratch
from smartsandbox.anonymize.subjects import SubjectCollector
from smartsandbox.anonymize.surrogates.texts import MAX_TEXT
from smartsandbox.anonymize.timeline.course import CourseLog
from smartsandbox.anonymize.timeline.notation import read_time
from smartsandbox.anonymize.timeline.sightings import SightingsLog
from smartsandbox.anonymize.timeline.spoken import SpokenLog
from smartsandbox.anonymize.values import Values
from smartsandbox.anonymize.vocabulary import vocabulary_of
from smartsandbox.anonymize.walk import Scope
from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.memory import trim
from smartsandbox.packs.model import Exchange

_SESSIONS = 4
"""Sessions that are remembered for each of k people: with fewer, those who come again would hide others."""


class Collected:
    """What the first pass found. `missing` are leaves and `unmatched` requests that the policy has nothing for; `used`
    are the places of subjects and of sensitive attributes that hold anything.

    Common values and texts are kept with sessions that hold them, up to what `most` people may need; `sessions` are all
    there are.
    """

    def __init__(self, most: int) -> None:
        self.scratch = Scratch()
        self.values = Values(self.scratch)
        self.pools = Pools()
        self.subjects = SubjectCollector(self.pools.note, self.scratch)
        self.common = Holders(self.scratch, most * _SESSIONS)
        self.texts = Holders(self.scratch, most * _SESSIONS)
        self.course = CourseLog()
        self.times = SightingsLog()
        self.spoken = SpokenLog()
        self.sessions = self.scratch.dictionary()
        self.missing: set[Address] = set()
        self.used: set[Address] = set()
        self.unmatched = 0
        self.exchanges = 0

    def release(self) -> None:
        """Give back the memory of what lies on disk; all of it stays readable."""
        self.scratch.release()
        self.values.release()
        self.course.release()
        trim()

    def count_people(self) -> None:
        """From now on those who hold a value are people: whoever came in many sessions counts once."""
        person = self.scratch.dictionary()
        for session, _ in self.sessions.in_order():
            speaker = self.subjects.speaker_of(session)
            if speaker is not None:
                person[holder(session)] = holder(speaker)
        for holders in (self.common, self.texts):
            holders.by_person(lambda session: person.get(session) or session)

    def forget_people(self) -> None:
        """Give back what it took to tell the course and the table of people; who spoke in a session stays known."""
        self.course.forget_sessions()
        self.subjects.forget_table()

    def forget_values(self) -> None:
        """Give back what it takes to find values in texts, which nobody does any more."""
        self.values.spots.forget()
        for scratch in (self.scratch, self.values.scratch):
            scratch.release(filters_too=True)
        trim()

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
        self.rewriter = HotRewriter(self.handling, policy.is_map)
        self.handlings: dict[Decision, Handling] = {}
        """Of decisions that ask for the same wherever they stand."""
        self.identified: Memo[tuple[Names, str], bool] = Memo()
        """Texts that were looked through already, under names of those words."""

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
        self.found.spoken.take(exchange, bound.name, self.found.course.row)
        self.rewriter.parts(exchange, bound)
        self.found.subjects.close(exchange.session, exchange.id)

    def handling(self, address: Address) -> Handling:
        """What is to be noted of the leaves of an address; their values stay."""
        decision = self.policy.decide(*address)
        if decision is None:
            return Handling(partial(self._missing, address))
        sensitive, is_subject = self.policy.sensitive_name(address), self.policy.is_subject(address)
        if sensitive is None and not is_subject and decision.action in _BY_VALUE:
            return self.handlings.get(decision) or self.handlings.setdefault(decision, self._by_value(decision))
        note = self._noted(address, decision)
        if sensitive is None and not is_subject:
            return Handling(_taking(note), self._repeats(decision.action), _scalars(decision.action))
        if is_subject:
            note = partial(self._subject, address, note)
        take = _taking(note)
        return Handling(take if sensitive is None else partial(self._sensitive, address, sensitive, take))

    def _by_value(self, decision: Decision) -> Handling:
        """The same for a decision that asks for the same wherever it stands."""
        take = self._valued(decision.argument) if decision.action is Action.SURROGATE else _unchanged
        return Handling(take, self._repeats(decision.action), _scalars(decision.action), str(decision))

    def _repeats(self, action: Action) -> Repeats | None:
        """Of what a decision notes about a string, what is not noted anew when the string comes again."""
        if action in _BY_VALUE:
            return lambda value: ""
        if action is Action.COMMON:
            return lambda value: "" if len(value) > MAX_TEXT_KEY or self.found.common.is_full(value) else None
        if action is Action.FREE_TEXT:
            return lambda value: "" if len(value) > MAX_TEXT or self.found.texts.is_full(value) else None
        return None

    def _missing(self, address: Address, value: str, kind: Kind, scope: Scope) -> str:
        self.found.missing.add(address)
        return value

    def _noted(self, address: Address, decision: Decision) -> Note | None:
        """What a decision has to know of its values, if anything."""
        found, action, argument = self.found, decision.action, decision.argument
        if action is Action.SURROGATE:
            note = found.values.note
            return lambda value, scope: note(value, argument)
        if action is Action.GENERALISE:
            return lambda value, scope: found.subjects.attribute(argument, scope, value)
        if action is Action.BAND:
            return lambda value, scope: found.subjects.held(argument, scope, value)
        if action is Action.COMMON:
            return partial(self._common, names_of(address.pointer))
        if action is Action.FREE_TEXT:
            return partial(self._text, names_of(address.pointer))
        return self._sight if action is Action.RETIME and address.location != Location.TIMING else None

    def _valued(self, class_name: str) -> Take:
        """What `_taking` makes of the note of a surrogate, in one step, for most leaves are such."""
        note = self.found.values.note

        def take(value: str, kind: Kind, scope: Scope) -> str:
            if kind is not _LITERAL:
                note(value, class_name)
            return value

        return take

    def _subject(self, address: Address, note: Note | None, value: str, scope: Scope) -> None:
        self.found.used.add(address)
        self.found.subjects.subject(address.location, scope, value)
        if note is not None:
            note(value, scope)

    def _sensitive(self, address: Address, name: str, take: Take, value: str, kind: Kind, scope: Scope) -> str | None:
        if says_something(value, kind):
            self.found.used.add(address)
            self.found.subjects.sensitive(name, scope, value)
        return take(value, kind, scope)

    def _sight(self, value: str, scope: Scope) -> None:
        written, course = read_time(value), self.found.course
        if written is not None and not written.sentinel:
            self.found.times.take(written.us, course.last_session, course.row)

    def _common(self, names: Names, value: str, scope: Scope) -> None:
        """What is too long to be a constant is decided now, so that it need not be kept."""
        self._identify(names, value)
        if len(value) <= MAX_TEXT_KEY:
            self.found.common.add(value, self.session)
        elif not self.vocabulary.is_public(value):
            self.found.values.note(value, "text")

    def _text(self, names: Names, value: str, scope: Scope) -> None:
        """A long text is never published, whoever else sent it."""
        self._identify(names, value)
        if len(value) <= MAX_TEXT:
            self.found.texts.add(value, self.session)
        else:
            self.found.values.note(value, "text")

    def _identify(self, names: Names, value: str) -> None:
        """What identifies by its form inside a text is a value of its own."""
        if (names, value) in self.identified:
            return
        for found, class_name in identifiers_in(value, names):
            self.found.values.note(found, class_name)
        if len(value) <= LONGEST:
            self.identified.keep((names, value), True)


Note = Callable[[str, Scope], None]
"""Takes down the value of a leaf that is no literal."""

_LITERAL = Kind.LITERAL
_BY_VALUE = frozenset((Action.KEEP, Action.DROP, Action.SURROGATE))
"""What is noted of a string is the same wherever it stands."""


def _scalars(action: Action) -> Repeats:
    """Of a literal nothing is noted, of a number that is kept or dropped nothing either."""
    is_passed = action in (Action.KEEP, Action.DROP)
    return lambda value: "" if is_passed or value in LITERALS else None


def _taking(note: Note | None) -> Take:
    return _unchanged if note is None else partial(_noting, note)


def _unchanged(value: str, kind: Kind, scope: Scope) -> str:
    return value


def _noting(note: Note, value: str, kind: Kind, scope: Scope) -> str:
    if kind is not _LITERAL:
        note(value, scope)
    return value
