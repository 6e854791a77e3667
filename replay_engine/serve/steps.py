"""Requests as steps of a session: what happens to one beside finding its recorded answer.

In this order: effects see the request; an idempotency key may answer it; it is matched; selectors may put another row
in the place of the one that matched; effects change the answer; the session keeps its version. A request is a step if
it names its session, or if the server is set to more than recorded answers; any other takes the responder's fast path.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.candidates import Candidates
from smartsandbox.replay_engine.journeys import Journeys
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.effects import Early, Effect, Everywhere, Inheriting, Served, Telling
from smartsandbox.replay_engine.serve.idempotency import IdempotencyKeys
from smartsandbox.replay_engine.serve.journal import EXHAUSTED, MISSED
from smartsandbox.replay_engine.serve.naming import SessionBy, namer
from smartsandbox.replay_engine.serve.options import Advance, ServeOptions
from smartsandbox.replay_engine.serve.request import IDEMPOTENCY_KEY, RUN, SESSION, LiveRequest
from smartsandbox.replay_engine.serve.rewriting.effect import Rewriting
from smartsandbox.replay_engine.serve.waking import Waking
from smartsandbox.replay_engine.sessions import Exhausted, Session, choose

if TYPE_CHECKING:  # a responder has its steps, so the import goes the other way
    from smartsandbox.replay_engine.serve.events.queue import Events
    from smartsandbox.replay_engine.serve.responder import Responder

Part = TypeVar("Part")


class Asking(NamedTuple):
    """A request as it came, the same in the words of the recording, and the session that asks."""

    request: LiveRequest
    asked: LiveRequest
    session: Session


class Steps:
    """The steps of one server's sessions.

    `marks` are the headers, and `counted` says that every request is a step.
    """

    def __init__(self, responder: Responder, pack: Pack, options: ServeOptions) -> None:
        self._responder, self._answer_of = responder, responder.answer_of
        self._name = namer(options.session_by)
        self._exhausted = options.exhausted
        self._journeys = Journeys(responder.rows) if options.advance is Advance.WRITE else None
        self._keys = IdempotencyKeys(pack, options.idempotency_bytes)
        self._selectors = tuple(make(pack, responder.rows) for make in options.selectors)
        self.rewriting = Rewriting(pack, responder.rows, options)
        self._effects = (
            self.rewriting,
            *(make(pack, responder.rows) for make in options.effects),
            *_announcing(options.events, responder.rows, self.rewriting),
        )
        self._parts = (*self._selectors, *self._effects)
        self._early = tuple(part for part in self._parts if isinstance(part, Early))
        self._everywhere = tuple(effect for effect in self._effects if isinstance(effect, Everywhere))
        self._waking = Waking(self._parts)
        self._wakes = self._waking.headers
        self.marks = self._wakes | {SESSION, IDEMPOTENCY_KEY}
        self._always = self._journeys is not None or options.session_by is not SessionBy.AUTO
        self.counted = self._waking.awake or self._always
        self.shared = self._waking.shared or self._always
        """Every request needs the state that all processes of the server share."""

    def concern(self, request: LiveRequest) -> bool:
        """True if a request is a step."""
        return self.counted or self.asks(request)

    def asks(self, request: LiveRequest) -> bool:
        """True if a request is a step whatever the server is set to."""
        if RUN in request.fields and IDEMPOTENCY_KEY not in request.fields:
            return not self._wakes.isdisjoint(request.fields)
        return not self.marks.isdisjoint(request.fields)

    def answer(self, request: LiveRequest) -> Answer:
        """Answer one request as a step."""
        if not self._wakes.isdisjoint(request.fields):
            self.wake()
        elif not self.concern(request):
            # A run that drives names its sessions, but never goes back in them.
            return self._answer_of(self._responder.match(request), request)
        session = self._responder.sessions.of(self._name(request))
        answer = self._step(request, session)
        if self._waking.awake:
            self.settle(session)
        return answer

    def _step(self, request: LiveRequest, session: Session) -> Answer:
        asked = request
        for part in self._early if self._waking.awake else ():
            seen = part.before(asked, session)
            if isinstance(seen, Answer):
                self._responder.journal.refused += 1
                return seen
            if isinstance(seen, int):
                answer = self._taken(seen, Asking(request, asked, session))
                session.commit()
                return answer
            asked = seen
        asking, key = Asking(request, asked, session), self._keys.of(request)
        answer = self._taken(self._responder.match(asked, session), asking) if key is None else self._once(asking, key)
        session.commit()
        return answer

    def wake(self) -> None:
        """Until nothing is set any more, every request is a step, and seen by every effect."""
        self._waking.wake()
        self.counted = self.shared = True

    def settle(self, session: Session | None = None) -> None:
        """Something was set, for a session or for all, or may have been: from here on look at what has to be."""
        self._waking.settle(session)
        self.counted = self._waking.awake or self._always
        self.shared = self._waking.shared or self._always

    def inherit(self, former: Steps) -> None:
        """Go on with what was set for the whole server while another version of the pack was served."""
        for part, other in zip(self._parts, former._parts, strict=True):
            if isinstance(part, Inheriting):
                part.inherit(other)
        self.settle()

    def part(self, kind: type[Part]) -> Part | None:
        """The selector or effect of this class; None if there is none."""
        return next((part for part in self._parts if isinstance(part, kind)), None)

    def advance(self, candidates: Candidates, session: Session) -> int:
        """Which of the candidates a session gets now; its cursor moves."""
        return self._journeys.advance(candidates, session) if self._journeys else session.advance(candidates)

    def _once(self, asking: Asking, key: bytes) -> Answer:
        """A write with an idempotency key: answered from what its session keeps, unless the recording has more."""
        responder, keys, session = self._responder, self._keys, asking.session
        group, digest = responder.group(asking.asked), keys.digest(asking.request, responder.decoded(asking.request))
        candidates = responder.candidates(group, asking.asked) if group >= 0 else None
        kept = keys.recall(key, session)
        if kept is not None and not keys.recorded(_following(candidates, session), asking.request):
            responder.journal.matched(asking.request.method, kept.row)
            return keys.again(kept, digest)
        if candidates is None:
            return self._taken(MISSED, asking)
        chosen = choose(candidates, self.advance(candidates, session), self._exhausted)
        answer = self._taken(EXHAUSTED if chosen is None else chosen, asking)
        if chosen is not None and answer.head[9:10] in (b"2", b"3", b"4") and not answer.final:
            keys.keep(key, digest, chosen, answer, session)
        return answer

    def _taken(self, row: int, asking: Asking) -> Answer:
        """The answer of the row that matched, and of the one that a selector put in its place."""
        row, answer = self._turned(row, asking) if self._waking.awake else self._answered(row, asking)
        if row >= 0 and self._journeys is not None:
            self._journeys.made(row, asking.session)
        return answer

    def _answered(self, row: int, asking: Asking) -> tuple[int, Answer]:
        """A row's answer; where no exchange matched exactly, that of another tier's row."""
        if row != MISSED:
            return row, self._answer_of(row, asking.asked)
        answer, found = self._responder.otherwise(asking.asked, asking.session)
        return found, answer

    def _turned(self, row: int, asking: Asking) -> tuple[int, Answer]:
        """What selectors and effects make of a request. A selector's own answer goes out as it is."""
        served = Served(asking.request, row, asking.session, asking.session.asked)
        for selector in self._selectors:
            chosen = selector.select(served)
            if isinstance(chosen, Answer):
                self._responder.journal.answered(asking.request.method)
                self._note(served)
                return MISSED, chosen
            if chosen != served.row:
                served = replace(served, row=chosen)
        row, answer = self._answered(served.row, asking)
        if row != served.row:
            served = replace(served, row=row)
        for effect in self._effects if served.row >= 0 else self._everywhere:
            answer = effect.apply(answer, served)
        self._note(served)
        return served.row, answer

    def _note(self, served: Served) -> None:
        if served.notes:
            self._responder.journal.note("; ".join(served.notes))

    def facts(self) -> dict[str, Any]:
        """Counters of the idempotency keys, whether every request is a step, and what selectors and effects say."""
        idempotency = {"replayed": self._keys.replayed, "refused": self._keys.refused}
        facts: dict[str, Any] = {"idempotency": idempotency, "all_steps": self.counted}
        for part in self._parts:
            facts.update(part.facts() if isinstance(part, Telling) else {})
        return facts


def _announcing(events: Events | None, rows: Rows, rewriting: Rewriting) -> tuple[Effect, ...]:
    """What announces events, loaded only where there are any: it brings a client along."""
    if events is None:
        return ()
    from smartsandbox.replay_engine.serve.events.effect import Announcing

    return (Announcing(rows, events, rewriting),)


def _following(candidates: Candidates | None, session: Session) -> int | None:
    """The recorded row that a session has not had yet; None after the last."""
    return None if candidates is None else choose(candidates, session.position(candidates), Exhausted.FAIL)
