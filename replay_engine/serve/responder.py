"""The service that a pack is: a live request in, an answer out. It decides; the connection carries out.

One event loop calls it, so each answer and the cursor it moved are one step: no two requests can take the same
occurrence.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smartsandbox.packs.key import match_key
from smartsandbox.packs.matching.asked import Asked
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.candidates import Candidates
from smartsandbox.replay_engine.coding import decode
from smartsandbox.replay_engine.explain.explainer import Explainer
from smartsandbox.replay_engine.matching.bindings import Bindings
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.answer import MATCH, OPENS, Answer
from smartsandbox.replay_engine.serve.fallback import SPENT, Fallback
from smartsandbox.replay_engine.serve.head import value_of
from smartsandbox.replay_engine.serve.journal import EXHAUSTED, MISSED, Journal
from smartsandbox.replay_engine.serve.naming import namer
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.payloads import Payloads
from smartsandbox.replay_engine.serve.prepared import Prepared
from smartsandbox.replay_engine.serve.representations import Representations
from smartsandbox.replay_engine.serve.request import READ, SESSION, LiveRequest
from smartsandbox.replay_engine.serve.rewriting.template_rules import templates_for
from smartsandbox.replay_engine.serve.steps import Steps
from smartsandbox.replay_engine.serve.told import told
from smartsandbox.replay_engine.serve.unmatched.policy import NONE
from smartsandbox.replay_engine.sessions import Exhausted, Session, Sessions, choose
from smartsandbox.replay_engine.targets import NO_TARGETS, NOWHERE
from smartsandbox.replay_engine.websocket.conversations import Conversation

_KNOWN_TARGETS = 65_536
_SHORT_TARGET = 256


class Responder:
    """Answers from one pack, with the state of every live session."""

    def __init__(self, pack: Pack, options: ServeOptions) -> None:
        prepared = Prepared.of(pack)
        options = replace(options, templates=templates_for(pack.manifest, options.templates))
        self.rows, self._recorded = prepared.rows, prepared.index
        self.lookup = prepared.lookup(pack, options.matching)
        self.index, self.matching = self.lookup.index, self.lookup.matching
        own_keys = self.index is prepared.index and not self.matching.headers
        self._targets = prepared.targets if own_keys else NO_TARGETS
        self.journal = Journal(self.rows, options.journal)
        self.sessions = Sessions(options.sessions, options.history)
        self.explainer = Explainer(self.lookup)
        self._named = tuple((name, name.encode()) for name in sorted(self.matching.all_headers()))
        self._lasting = options.exhausted is not Exhausted.FAIL
        self._exhausted = options.exhausted
        self._callers, self._ladder = self.lookup.callers, self.lookup.exact
        self._representations = Representations(pack, self.rows, self._siblings)
        self._payloads = Payloads(prepared, options)
        self._body_bytes = options.limits.body_bytes
        self._groups: dict[tuple[str, bytes], int] = {}
        self._conversations = prepared.conversations
        self.pace = options.latency.factor if isinstance(options.latency, Scaled) else 1.0
        """What the recorded times of messages on WebSockets are multiplied by."""
        self.unknown = options.unknown_message
        self.events = options.events
        expressions = [template.value for template in options.templates]
        expressions += [rule.body for rule in options.events.rules] if options.events else []
        self.read = READ.union(*(expression.headers for expression in expressions))
        """The request headers that are looked at, in lower case."""
        self._name = namer(options.session_by)
        self.steps = Steps(self, pack, options)
        self._fallback = Fallback(self.lookup, self.explainer, options, self.steps.advance)

    def answer(self, request: LiveRequest) -> Answer:
        """The recorded answer, or a problem that explains why there is none."""
        steps = self.steps
        if steps.counted or not steps.marks.isdisjoint(request.fields):
            answer = steps.answer(request)
        else:
            answer = self.answer_of(self.match(request), request)
        return answer if answer.varies < 0 else self._representations.fit(answer, request)

    def conversation(self, answer: Answer) -> Conversation | None:
        """What was said on the WebSocket that an answer opens; None if it opens none."""
        identifier = value_of(answer.head, b"x-sandbox-exchange") if answer.head.startswith(OPENS) else None
        return None if identifier is None else self._conversations.named(identifier, self.rows.id)

    def caller(self, request: LiveRequest) -> str:
        """The name of the session that asks."""
        return self._name(request)

    def settled(self, request: LiveRequest) -> bool:
        """True if no session has a say in the answer, since only one exchange answers this caller; False in doubt."""
        if self.steps.shared or self.steps.asks(request) or not self._lasting:
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
            return self.otherwise(request)[0]
        if row == EXHAUSTED:
            self.journal.miss(request.method)
            return SPENT
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
        return self._recorded.rows(self._recorded.find(self.rows.key[row].astype(">u8").tobytes()))

    def _group(self, method: str, request: LiveRequest) -> int:
        """Requests without a body are remembered by their raw target, since they are spelt unlike the recorded ones."""
        if request.body or self.matching.headers:
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
        headers = self._headers(request) if self._named else ()
        return self.index.find(match_key(method, path, query, content_type, body, self.matching, headers))

    def _headers(self, request: LiveRequest) -> tuple[tuple[str, str], ...]:
        found = ((name, request.header(field)) for name, field in self._named)
        return tuple((name, value) for name, value in found if value is not None)

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

    def otherwise(self, request: LiveRequest, session: Session | None = None) -> tuple[Answer, int]:
        """What is answered where no exchange has the request's key, and the row that it is from, or MISSED."""
        session = session or self.sessions.of(self._name(request))
        names = request.header(SESSION), request.credential(), request.host()
        seeker = self.lookup.seeker(Bindings(session), *names)
        instead = self._fallback.instead(self._asked(request), seeker, session)
        if instead.match == NONE:
            self.journal.miss(request.method)
        else:
            self.journal.matched_by(request.method, instead.row, instead.match)
        if instead.answer is not None:
            return instead.answer.marked(MATCH % NONE.encode()), MISSED
        accept = None if instead.echo else request.fields.get(b"accept-encoding")
        return told(self._payloads.answer(instead.row, accept), instead.echo, instead.match), instead.row

    def _asked(self, request: LiveRequest) -> Asked:
        path, query = request.path_and_query()
        content_type = request.header(b"content-type") or ""
        method = request.method
        if method == "HEAD" and self.lookup.finder.requests.endpoints.match(method, path) is None:
            method = "GET"
        return Asked(method, path, query, content_type, self.decoded(request), self._headers(request))
