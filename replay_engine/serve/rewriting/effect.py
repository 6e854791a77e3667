"""The effect that gives answers other values than recorded, and understands them when they come back in requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.coding import decode
from smartsandbox.replay_engine.moments import DAY, Moment, iso_time
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import OPENS, Answer, problem
from smartsandbox.replay_engine.serve.effects import Served
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.request import CLOCK, LiveRequest
from smartsandbox.replay_engine.serve.rewriting.aliases import Aliases
from smartsandbox.replay_engine.serve.rewriting.clock import ClockEdits, hurried
from smartsandbox.replay_engine.serve.rewriting.edits import Edits, edited
from smartsandbox.replay_engine.serve.rewriting.expiry import Expiry
from smartsandbox.replay_engine.serve.rewriting.message_templates import Filling, MessageTemplates
from smartsandbox.replay_engine.serve.rewriting.messages import MessageTimes, clock_in, setting
from smartsandbox.replay_engine.serve.rewriting.requests import exchanged, moved
from smartsandbox.replay_engine.serve.rewriting.templates import Templates
from smartsandbox.replay_engine.serve.websocket.counts import SocketCounts
from smartsandbox.replay_engine.sessions import Session
from smartsandbox.replay_engine.virtual_time import VirtualTime, clock_named

UNITS = {"week": 7 * DAY, "day": DAY}
"""What dates of things move by."""

_LINES = (b"location", b"content-location", b"link", b"set-cookie")
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_SET_BY = "clock set by"
"""The header that set a session's clock last: the same one again changes nothing."""
_MOST_BODY = 64 * 1024 * 1024


class Rewriting:
    """Templates, the clock, and issued values that come back."""

    def __init__(self, pack: Pack, rows: Rows, options: ServeOptions) -> None:
        clock = options.clock
        self._rows, self._wall = rows, options.wall
        self._aliases = Aliases()
        self._times = ClockEdits(pack, rows, UNITS[options.clock_unit], self._aliases)
        said = [rule for rule in options.templates if rule.place.message is not None]
        answered = [rule for rule in options.templates if rule.place.message is None]
        self._templates = Templates(rows, answered, self._aliases) if answered else None
        self._message_templates = MessageTemplates(rows, said) if said else None
        try:
            self._clock = clock_named(clock, self._now()) if clock else None
        except ValueError as error:
            raise UsageError(f"--clock {clock!r}: {error}") from None
        self._events = options.events
        self._expiry = Expiry(rows) if options.enforce_expiry else None
        self._moved = 0
        self._brought: dict[bytes, bytes] = {}
        """Recorded values and the issued ones that the present request had in their place."""
        always = clock or self._templates or self._expiry
        self.wakes = frozenset[bytes]() if always else frozenset({CLOCK})

    def _now(self) -> int:
        return (self._wall() - _EPOCH) // timedelta(microseconds=1)

    def clock_of(self, session: Session | None) -> VirtualTime | None:
        """The clock that a session goes by; None for one that is served as recorded."""
        clock: VirtualTime | None = self._clock if session is None else session.get("clock", self._clock)
        return clock

    def time_of(self, session: Session) -> tuple[int, float]:
        """The time on a session's clock, and how fast that runs."""
        now, clock = self._now(), self.clock_of(session)
        return (clock.now(now), clock.rate) if clock else (now, 1.0)

    def set_clock(self, text: str, session: Session | None) -> str:
        """Set the clock of a session, or of all that have none of their own; tells the time on it, or "off".

        Raises ValueError with what is wrong.
        """
        now = self._now()
        clock = clock_named(text, now, self.clock_of(session))
        if session is None:
            self._clock = clock
        else:
            session.put("clock", clock)
            session.forget(_SET_BY)
        if self._events is not None:
            self._events.clock_set()
        return iso_time(clock.now(now)) if clock else "off"

    def holds(self, session: Session | None) -> bool:
        """See effects.Dormant. An issued token may come back from anybody."""
        return self.clock_of(session) is not None or (session is None and self._aliases.has_tokens)

    def inherit(self, former: Rewriting) -> None:
        """See effects.Inheriting."""
        self._clock = former._clock

    def before(self, request: LiveRequest, session: Session) -> LiveRequest | Answer | int:
        """Set the clock that a header asks for, and put the request into the words of the recording."""
        setting = request.fields.get(CLOCK)
        if setting is not None and session.get(_SET_BY) != setting:
            try:
                self.set_clock(setting.decode("latin-1"), session)
            except ValueError as error:
                return problem(400, "Not a clock", f"X-Sandbox-Clock: {error}")
            session.put(_SET_BY, setting)
        self._brought = {}
        refused = self._refusal(request, session)
        if refused is not None:
            return refused
        clock, words = self.clock_of(session), self._aliases.incoming(session, self._brought)
        if clock is None and words is None:
            return request
        plain = _without_coding(request)
        if words is not None:
            plain = exchanged(plain, words)
        return plain if clock is None else moved(plain, self._back(clock))

    def _refusal(self, request: LiveRequest, session: Session) -> int | Answer | None:
        """What answers instead where a token is past; without a clock of its own a session lives in the recording."""
        clock = self.clock_of(session) if self._expiry is not None else None
        return self._expiry.refusal(request, session, clock.now(self._now())) if self._expiry and clock else None

    def _back(self, clock: VirtualTime) -> Callable[[Moment], str | None]:
        whole = self._times.whole(clock, clock.now(self._now()))

        def back(at: Moment) -> str | None:
            recorded = None if at.expiry else at.shifted(-whole)
            near = self._times.near(replace(at, us=at.us - whole))
            return recorded if near else None

        return back

    def apply(self, answer: Answer, served: Served) -> Answer:
        """The answer with times moved and ids exchanged. One that was cut short stays as it is."""
        clock, brought = self.clock_of(served.session), self._brought
        if self._rows.failures[served.row] >= 0:
            return answer
        edits, now = Edits(), self._now()
        if self._expiry is not None:
            here = clock.now(now) if clock else now
            self._expiry.answered(served.row, served.session, self._times.recorded_at(served.row), here)
        if self._templates is not None:
            self._templates.edit(edits, answer, served, iso_time(clock.now(now) if clock else now))
        words = self._aliases.outgoing(served.session, brought)
        if clock is None and words is None and not edits.body and not edits.headers:
            return answer
        if clock is not None:
            self._times.edit(edits, served.row, clock, now)
        if words is not None:
            for name in _LINES:
                edits.header(name, words)
        made = edited(answer, self._rows.answer_body(served.row), edits, words)
        if clock is None:
            return made
        self._moved += 1
        plan = hurried(made.plan, clock.rate)
        made = made if plan is made.plan else made.planned(plan)
        told = iso_time(clock.now(now)).encode() + (setting(clock) if made.head.startswith(OPENS) else b"")
        return made.marked(b"X-Sandbox-Clock: %s\r\n" % told)

    def messages(self, head: bytes, row: int) -> MessageTimes | None:
        """What moves the times in the messages of the WebSocket that a row's answer opens; None without a clock."""
        clock = clock_in(head)
        return None if clock is None else MessageTimes(self._times, clock, row, self._now)

    def filling(
        self, request: LiveRequest, head: bytes, row: int, session: str, counts: SocketCounts
    ) -> Filling | None:
        """What fills declared places in the messages of a WebSocket; None where nothing is declared."""
        if self._message_templates is None:
            return None
        clock = clock_in(head)

        def now() -> str:
            return iso_time(clock.now(self._now()) if clock else self._now())

        return self._message_templates.of(request, row, session, now, counts)

    def facts(self) -> dict[str, Any]:
        """How many answers followed a virtual clock, how many tokens were past, and what templates did."""
        templates = self._templates.facts() if self._templates is not None else {}
        expired = {"expired": self._expiry.refused} if self._expiry is not None else {}
        return {"clock": {"answers": self._moved, **expired}, **templates}


def _without_coding(request: LiveRequest) -> LiveRequest:
    coding = request.header(b"content-encoding")
    if not coding or not request.body:
        return request
    fields = {name: value for name, value in request.fields.items() if name != b"content-encoding"}
    return replace(request, body=decode(request.body, coding, _MOST_BODY), fields=fields)
