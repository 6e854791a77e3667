"""The service that a pack is: a live request in, an answer out. It decides; the connection carries out.

One event loop calls it, so each answer and the cursor it moved are one step: no two requests can take the same
occurrence.
"""

from __future__ import annotations

from typing import Any

from smartsandbox.packs.key import match_key
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.candidates import Callers, Candidates, Ladder
from smartsandbox.replay_engine.coding import decode
from smartsandbox.replay_engine.explain import Asked, Explainer
from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.journal import EXHAUSTED, MISSED, Journal
from smartsandbox.replay_engine.serve.naming import namer
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.payloads import Payloads
from smartsandbox.replay_engine.serve.prepared import Prepared
from smartsandbox.replay_engine.serve.representations import Representations
from smartsandbox.replay_engine.serve.request import SESSION, LiveRequest
from smartsandbox.replay_engine.serve.steps import Steps
from smartsandbox.replay_engine.sessions import Exhausted, Session, Sessions, choose
from smartsandbox.replay_engine.targets import NOWHERE

_KNOWN_TARGETS = 65_536
_SHORT_TARGET = 256


class Responder:
    """Answers from one pack, with the state of every live session."""

    def __init__(self, pack: Pack, options: ServeOptions) -> None:
        prepared = Prepared.of(pack)
        self.rows, self.index, self._targets = prepared.rows, prepared.index, prepared.targets
        self.journal = Journal(self.rows, options.journal)
        self.sessions = Sessions(options.sessions, options.history)
        self.explainer = Explainer(self.rows, self.index, pack.manifest.matching)
        self._lasting = options.exhausted is not Exhausted.FAIL
        self._matching, self._exhausted = pack.manifest.matching, options.exhausted
        self._callers, self._ladder = Callers(self.rows), Ladder(self.rows, self.index)
        self._representations = Representations(pack, self.rows, self._siblings)
        self._payloads = Payloads(prepared, options)
        self._body_bytes = options.limits.body_bytes
        self._groups: dict[tuple[str, bytes], int] = {}
        self._name = namer(options.session_by)
        self.steps = Steps(self, pack, options)

    def answer(self, request: LiveRequest) -> Answer:
        """The recorded answer, or a problem that explains why there is none."""
        steps = self.steps
        if steps.counted or not steps.marks.isdisjoint(request.fields):
            answer = steps.answer(request)
        else:
            answer = self.answer_of(self.match(request), request)
        return answer if answer.varies < 0 else self._representations.fit(answer, request)

    def settled(self, request: LiveRequest) -> bool:
        """True if no session has a say in the answer, since only one exchange answers this caller; False in doubt."""
        if self.steps.concern(request) or not self._lasting:
            return False
        group, row = NOWHERE if request.body else self._targets.find(request.method, request.target)
        if row >= 0:
            return True
        group = group if group >= 0 else self.group(request)
        return group >= 0 and (self.index.size(group) == 1 or len(self.candidates(group, request).rows) == 1)

    def match(self, request: LiveRequest, session: Session | None = None) -> int:
        """The row that answers, which moves a cursor where several could; MISSED or EXHAUSTED where none does."""
        group, row = NOWHERE if request.body else self._targets.find(request.method, request.target)
        if row >= 0 and self._lasting:
            return row
        if group < 0:
            group = self.group(request)
        if group < 0:
            return MISSED
        chosen = self._row(group, request, session)
        return EXHAUSTED if chosen is None else chosen

    def answer_of(self, row: int, request: LiveRequest) -> Answer:
        """A row's answer, or why there is none."""
        if row == MISSED:
            return self._miss(request)
        if row == EXHAUSTED:
            self.journal.miss(request.method)
            return problem(410, "Exhausted", "this session has had every recorded answer to this request")
        accept = request.fields.get(b"accept-encoding")
        answer = self._payloads.answer(row, accept)
        if answer.varies >= 0 and (full := self._representations.full(row, request)) != row:
            row, answer = full, self._payloads.answer(full, accept)
        self.journal.matched(request.method, row)
        return answer

    def facts(self) -> dict[str, Any]:
        """What idempotency keys, selectors and effects have to say, as JSON."""
        return self.steps.facts()

    def group(self, request: LiveRequest) -> int:
        """The group that a request asks for, or -1; HEAD is answered by GET where it was not recorded itself."""
        group = self._group(request.method, request)
        return self._group("GET", request) if group < 0 and request.method == "HEAD" else group

    def _siblings(self, row: int) -> list[int]:
        """The rows with the key of a row, in pack order."""
        return self.index.rows(self.index.find(self.rows.key[row].astype(">u8").tobytes()))

    def _group(self, method: str, request: LiveRequest) -> int:
        """Requests without a body are remembered by their raw target, since they are spelt unlike the recorded ones."""
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
        body = self.decoded(request)
        return self.index.find(match_key(method, path, query, content_type, body, self._matching))

    def _row(self, group: int, request: LiveRequest, session: Session | None = None) -> int | None:
        if self._lasting and self.index.size(group) == 1:
            return self.index.row(group)
        candidates = self.candidates(group, request)
        if self._lasting and len(candidates.rows) == 1:
            return candidates.rows[0]
        session = session or self.sessions.of(self._name(request))
        return choose(candidates, self.steps.advance(candidates, session), self._exhausted)

    def candidates(self, group: int, request: LiveRequest) -> Candidates:
        """The rows of a group that can answer this caller."""
        session, credential = request.header(SESSION), request.credential()
        caller = self._callers.of(session, credential, None if self._callers.one_host else request.host())
        return self._ladder.narrow(group, caller)

    def decoded(self, request: LiveRequest) -> bytes:
        """A request's body without content coding."""
        coding = request.header(b"content-encoding")
        return decode(request.body, coding, self._body_bytes) if coding and request.body else request.body

    def _miss(self, request: LiveRequest) -> Answer:
        self.journal.miss(request.method)
        path, query = request.path_and_query()
        asked = Asked(request.method, path, query, request.header(b"content-type") or "", self.decoded(request))
        found = self.explainer.explain(asked)
        detail = f"no recorded exchange answers this request: {found.sentence()}"
        return problem(404, "Not in the pack", detail, explanation=found.to_json())
