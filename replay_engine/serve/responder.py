"""The service that a pack is: a live request in, an answer out. It decides; the connection carries out.

One event loop calls it, so each answer and the cursor it moved are one step: no two requests can take the same
occurrence.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smartsandbox.packs.key import match_key
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.candidates import Callers, Ladder
from smartsandbox.replay_engine.coding import decode
from smartsandbox.replay_engine.explain import Asked, Explainer
from smartsandbox.replay_engine.index import KeyIndex
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.effects import Served, Telling
from smartsandbox.replay_engine.serve.journal import MISSED, Journal
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.payloads import Payloads
from smartsandbox.replay_engine.serve.request import RUN, SESSION, LiveRequest
from smartsandbox.replay_engine.sessions import Exhausted, Sessions, choose

_KNOWN_TARGETS = 65_536
_SHORT_TARGET = 256
ANONYMOUS = "anonymous"
EXHAUSTED = -2


class Responder:
    """Answers from one pack, with the state of every live session."""

    def __init__(self, pack: Pack, options: ServeOptions) -> None:
        self.rows = Rows.load(pack)
        self.index = KeyIndex.build(self.rows.key)
        self.journal = Journal(self.rows, options.journal)
        self.sessions = Sessions(options.sessions)
        self.explainer = Explainer(self.rows, self.index, pack.manifest.matching)
        self._matching, self._exhausted = pack.manifest.matching, options.exhausted
        self._callers, self._ladder = Callers(self.rows), Ladder(self.rows, self.index)
        self._payloads = Payloads(pack, self.rows, options)
        self._body_bytes = options.limits.body_bytes
        self._selectors = tuple(make(pack, self.rows) for make in options.selectors)
        self._effects = tuple(make(pack, self.rows) for make in options.effects)
        self._turns = bool(self._selectors or self._effects)
        self._groups: dict[tuple[str, bytes], int] = {}

    def answer(self, request: LiveRequest) -> Answer:
        """The recorded answer, or a problem that explains why there is none."""
        row = self._match(request)
        return self._turned(row, request) if self._turns else self._answer_of(row, request)

    def _match(self, request: LiveRequest) -> int:
        """The row that answers; MISSED or EXHAUSTED where none does."""
        group = self._group(request.method, request)
        if group < 0 and request.method == "HEAD":
            group = self._group("GET", request)
        if group < 0:
            return MISSED
        row = self._row(group, request)
        return EXHAUSTED if row is None else row

    def _answer_of(self, row: int, request: LiveRequest) -> Answer:
        """A row's answer, or why there is none."""
        if row == MISSED:
            return self._miss(request)
        if row == EXHAUSTED:
            self.journal.miss(request.method)
            return problem(410, "Exhausted", "this session has had every recorded answer to this request")
        self.journal.matched(request.method, row)
        return self._payloads.answer(row, request.fields.get(b"accept-encoding"))

    def _turned(self, row: int, request: LiveRequest) -> Answer:
        """What selectors and effects make of a request. A selector's own answer goes out as it is."""
        session = self.sessions.of(session_of(request))
        served = Served(request, row, session, session.asked)
        session.asked += 1
        for selector in self._selectors:
            chosen = selector.select(served)
            if isinstance(chosen, Answer):
                return chosen
            if chosen != served.row:
                served = replace(served, row=chosen)
        answer = self._answer_of(served.row, request)
        for effect in self._effects if served.row >= 0 else ():
            answer = effect.apply(answer, served)
        return answer

    def facts(self) -> dict[str, Any]:
        """What selectors and effects have to say, as JSON."""
        told = (part.facts() for part in (*self._selectors, *self._effects) if isinstance(part, Telling))
        return {name: value for facts in told for name, value in facts.items()}

    def _group(self, method: str, request: LiveRequest) -> int:
        """Requests without a body are remembered by their raw target, which saves making the key again."""
        if request.body:
            return self._find(method, request)
        known = (method, request.target)
        group = self._groups.get(known)
        if group is None:
            group = self._find(method, request)
            if group >= 0 and len(request.target) <= _SHORT_TARGET:
                if len(self._groups) >= _KNOWN_TARGETS:
                    self._groups.clear()
                self._groups[known] = group
        return group

    def _find(self, method: str, request: LiveRequest) -> int:
        path, query = request.path_and_query()
        content_type = request.header(b"content-type") or ""
        body = self._decoded(request)
        return self.index.find(match_key(method, path, query, content_type, body, self._matching))

    def _decoded(self, request: LiveRequest) -> bytes:
        coding = request.header(b"content-encoding")
        return decode(request.body, coding, self._body_bytes) if coding and request.body else request.body

    def _row(self, group: int, request: LiveRequest) -> int | None:
        if self._exhausted is not Exhausted.FAIL and self.index.size(group) == 1:
            return self.index.row(group)
        session, credential = request.header(SESSION), request.credential()
        caller = self._callers.of(session, credential, None if self._callers.one_host else request.host())
        candidates = self._ladder.narrow(group, caller)
        if self._exhausted is not Exhausted.FAIL and len(candidates.rows) == 1:
            return candidates.rows[0]
        name = session_name(session, credential, request.header(RUN))
        return choose(candidates, self.sessions.of(name).advance(candidates), self._exhausted)

    def _miss(self, request: LiveRequest) -> Answer:
        self.journal.miss(request.method)
        path, query = request.path_and_query()
        asked = Asked(request.method, path, query, request.header(b"content-type") or "", self._decoded(request))
        found = self.explainer.explain(asked)
        detail = f"no recorded exchange answers this request: {found.sentence()}"
        return problem(404, "Not in the pack", detail, explanation=found.to_json())


def session_of(request: LiveRequest) -> str:
    """The name under which the state of a request's caller is kept."""
    return session_name(request.header(SESSION), request.credential(), request.header(RUN))


def session_name(session: str | None, credential: str | None, run: str | None) -> str:
    """The name under which a caller's state is kept: its session header, else its credential, else one for all; apart
    for each run that drives, so that a second run begins anew."""
    within = f"run {run[:64]} " if run else ""
    if session is not None:
        return f"{within}session {session[:200]}"
    return f"{within}credential {credential}" if credential is not None else within + ANONYMOUS
