"""Requests as steps of a session: what happens to one beside finding its recorded answer.

In this order: effects see the request; an idempotency key may answer it; it is matched; selectors may put another row
in the place of the one that matched; effects change the answer; the session keeps its version. A request is a step if
it names its session, or if the server is set to more than recorded answers; any other takes the responder's fast path.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.shape import is_error
from smartsandbox.replay_engine.candidates import Candidates
from smartsandbox.replay_engine.journeys import Journeys
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.effects import Dormant, Early, Served, Telling
from smartsandbox.replay_engine.serve.idempotency import IdempotencyKeys
from smartsandbox.replay_engine.serve.journal import EXHAUSTED, MISSED
from smartsandbox.replay_engine.serve.naming import SessionBy, namer
from smartsandbox.replay_engine.serve.options import Advance, ServeOptions
from smartsandbox.replay_engine.serve.request import IDEMPOTENCY_KEY, RUN, SESSION, LiveRequest
from smartsandbox.replay_engine.sessions import Exhausted, Session, choose

if TYPE_CHECKING:  # a responder has its steps, so the import goes the other way
    from smartsandbox.replay_engine.serve.responder import Responder

Part = TypeVar("Part")


class Steps:
    """The steps of one server's sessions.

    `marks` are the headers, and `counted` says that every request is a step.
    """

    def __init__(self, responder: Responder, pack: Pack, options: ServeOptions) -> None:
        self._responder = responder
        self._name = namer(options.session_by)
        self._exhausted = options.exhausted
        self._journeys = Journeys(responder.rows) if options.advance is Advance.WRITE else None
        self._keys = IdempotencyKeys(pack, options.idempotency_bytes)
        self._selectors = tuple(make(pack, responder.rows) for make in options.selectors)
        self._effects = tuple(make(pack, responder.rows) for make in options.effects)
        self._parts = (*self._selectors, *self._effects)
        self._early = tuple(part for part in self._parts if isinstance(part, Early))
        dormant = [part for part in self._parts if isinstance(part, Dormant)]
        self._wakes = frozenset[bytes]().union(*(part.wakes for part in dormant))
        self.marks = self._wakes | {SESSION, IDEMPOTENCY_KEY}
        self._awake = len(dormant) < len(self._parts)
        self.counted = self._awake or self._journeys is not None or options.session_by is not SessionBy.AUTO

    def answer(self, request: LiveRequest) -> Answer:
        """Answer one request as a step."""
        if not self._wakes.isdisjoint(request.fields):
            self._awake = self.counted = True
        elif not self.counted and RUN in request.fields and IDEMPOTENCY_KEY not in request.fields:
            return self._plain(request)  # a run that drives names its sessions, but never goes back in them
        session = self._responder.sessions.of(self._name(request))
        for effect in self._early if self._awake else ():
            seen = effect.before(request, session)
            if isinstance(seen, Answer):
                self._responder.journal.refused += 1
                return seen
            request = seen
        key = self._keys.of(request)
        if key is not None:
            return self._once(request, session, key)
        return self._step(self._responder.match(request, session), request, session)[1]

    def woken(self, kind: type[Part]) -> Part | None:
        """The selector or effect of this class, awake from now on; None if there is none."""
        for part in self._parts:
            if isinstance(part, kind):
                self._awake = self.counted = True
                return part
        return None

    def _plain(self, request: LiveRequest) -> Answer:
        return self._responder.answer_of(self._responder.match(request), request)

    def advance(self, candidates: Candidates, session: Session) -> int:
        """Which of the candidates a session gets now; its cursor moves."""
        return self._journeys.advance(candidates, session) if self._journeys else session.advance(candidates)

    def _once(self, request: LiveRequest, session: Session, key: bytes) -> Answer:
        """A write with an idempotency key: answered from what its session keeps, unless the recording has more."""
        responder, keys = self._responder, self._keys
        group, digest = responder.group(request), keys.digest(request, responder.decoded(request))
        candidates = responder.candidates(group, request) if group >= 0 else None
        kept = keys.recall(key, session)
        if kept is not None and not keys.recorded(_following(candidates, session), request):
            responder.journal.matched(request.method, kept.row)
            return keys.again(kept, digest)
        if candidates is None:
            return self._step(MISSED, request, session)[1]
        chosen = choose(candidates, self.advance(candidates, session), self._exhausted)
        row, answer = self._step(EXHAUSTED if chosen is None else chosen, request, session)
        if row >= 0 and not is_error(responder.rows.status[row], responder.rows.failure(row)):
            keys.keep(key, digest, row, answer, session)
        return answer

    def _step(self, row: int, request: LiveRequest, session: Session) -> tuple[int, Answer]:
        """The row that answers in the end, and its answer; ends the step. A selector's own answer goes out as it is."""
        served = Served(request, row, session, session.asked)
        for selector in self._selectors if self._awake else ():
            chosen = selector.select(served)
            if isinstance(chosen, Answer):
                session.commit()
                return MISSED, chosen
            if chosen != served.row:
                served = replace(served, row=chosen)
        answer = self._responder.answer_of(served.row, request)
        if served.row >= 0:
            if self._journeys is not None:
                self._journeys.made(served.row, session)
            for effect in self._effects if self._awake else ():
                answer = effect.apply(answer, served)
            if served.notes:
                self._responder.journal.note("; ".join(served.notes))
        session.commit()
        return served.row, answer

    def facts(self) -> dict[str, Any]:
        """Counters of the idempotency keys, and what selectors and effects have to say."""
        facts: dict[str, Any] = {"idempotency": {"replayed": self._keys.replayed, "refused": self._keys.refused}}
        for part in self._parts:
            facts.update(part.facts() if isinstance(part, Telling) else {})
        return facts


def _following(candidates: Candidates | None, session: Session) -> int | None:
    """The recorded row that a session has not had yet; None after the last."""
    return None if candidates is None else choose(candidates, session.position(candidates), Exhausted.FAIL)
