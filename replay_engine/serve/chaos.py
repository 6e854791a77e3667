"""Chaos: faults for one request (the header X-Chaos), one session or the whole server; the narrowest one counts.

Whether a fault happens is a draw by seed, session, ordinal and fault, so the same requests fail on every run. What was
done is told in the header X-Sandbox-Chaos, in the journal, and counted.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.course import Course
from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import OPENS, Answer, problem
from smartsandbox.replay_engine.serve.chaos_counts import Count
from smartsandbox.replay_engine.serve.chaos_spec import Spec, parse
from smartsandbox.replay_engine.serve.effects import MakeEffect, Served
from smartsandbox.replay_engine.serve.faults.base import Outgoing
from smartsandbox.replay_engine.serve.head import value_of
from smartsandbox.replay_engine.serve.kept import keep
from smartsandbox.replay_engine.serve.request import CHAOS, LiveRequest
from smartsandbox.replay_engine.sessions import Session

_TELLS = b"X-Sandbox-Chaos: %s\r\n"
_NOTHING = _TELLS % b"none"
_OWN = "chaos"
_COUNTED = 16
"""Specifications under which one session's requests are counted at a time; the one first used is forgotten."""

_spec = lru_cache(1000)(parse)


class Chaos:
    """An effect that looks at every request."""

    everywhere = True

    def __init__(self, rows: Rows, server: str, seed: int) -> None:
        self._rows, self.seed = rows, seed
        self._server = server
        self._counts: dict[str, Count] = {}

    def set(self, text: str, session: Session | None = None) -> None:
        """Set the chaos of a session, or of the server for None. Raises UsageError, and changes nothing then."""
        _spec(text)
        if session is None:
            self._server = text
        else:
            session.put(_OWN, text)

    def holds(self, session: Session | None) -> bool:
        """See effects.Dormant."""
        text = self._server if session is None else session.get(_OWN, "")
        return bool(text) and bool(_spec(text).faults)

    def inherit(self, former: Chaos) -> None:
        """See effects.Inheriting. Counts begin anew with a pack, and so do those of its requests."""
        self._server = former._server

    def before(self, request: LiveRequest, session: Session) -> LiveRequest | Answer:
        """A problem where X-Chaos cannot be read, before any cursor moves."""
        text = request.header(CHAOS)
        if text is not None:
            try:
                _spec(text)
            except UsageError as error:
                return problem(400, "Not chaos", f"X-Chaos: {error}")
        return request

    def apply(self, answer: Answer, served: Served) -> Answer:
        """The answer with what the chaos in force does to it."""
        text = served.request.header(CHAOS)
        if text is None:
            text = str(served.session.get(_OWN, self._server))
        spec = _spec(text) if text else Spec()
        if not spec.faults or not spec.concerns(self._endpoint(served)):
            return answer
        if spec.on_messages:
            return answer.marked(_TELLS % _one_line(text)) if answer.head.startswith(OPENS) else answer
        if spec.counts and not spec.applies(*_count(served, text)):
            return answer.marked(_NOTHING)
        return self._struck(spec, answer, served)

    def on_messages(self, head: bytes) -> Spec | None:
        """The chaos that a handshake's answer tells for the messages after it; None for none."""
        told = value_of(head, b"x-sandbox-chaos") or b""
        if b"on=messages" not in told:
            return None
        spec = _spec(told.decode("latin-1"))
        return spec if spec.on_messages else None

    def _endpoint(self, served: Served) -> str:
        """The endpoint that answers; of a request that nothing matches the method and path."""
        if served.row >= 0:
            return self._rows.endpoint.name(served.row) or ""
        return f"{served.request.method} {served.request.path_and_query()[0]}"

    def _struck(self, spec: Spec, answer: Answer, served: Served) -> Answer:
        draw = Draw(self.seed, served.session.name, served.ordinal)
        outgoing, done = Outgoing(answer, Course.of(answer.plan)), list[str]()
        for planned in spec.faults:
            fires = draw.uniform(f"chaos {planned.name}") < planned.chance
            self._counts.setdefault(planned.name, Count()).add(planned.chance, fires)
            if fires:
                outgoing, word = planned.fault.apply(outgoing, draw)
                done.append(f"{planned.name}={word}")
        if not done:
            return answer.marked(_NOTHING)
        told, course = "; ".join(done), outgoing.course
        served.notes.append(f"chaos {told}")
        made = outgoing.answer.marked(_TELLS % told.encode())
        final = made.final or course.end is not None
        plan = course.plan(len(made.head), len(made.body))
        return Answer(plan, made.head, made.body, final=final, varies=made.varies)

    def facts(self) -> dict[str, Any]:
        """What the server is set to, and each fault's count."""
        faults = {name: count.to_json() for name, count in sorted(self._counts.items())}
        return {"chaos": {"server": self._server or "none", "faults": faults}}


def _one_line(text: str) -> bytes:
    return text.encode("latin-1", "replace").translate(None, b"\r\n\0")


class DormantChaos(Chaos):
    """The same, asleep until a request has X-Chaos or chaos is set."""

    wakes = frozenset({CHAOS})


def _count(served: Served, text: str) -> tuple[int, float]:
    """The number of this request among its session's under this chaos, and microseconds since the first."""
    session, now, name = served.session, served.request.begun, (_OWN, text)
    count, begun = session.get(name, (0, now))
    keep(session, _OWN, name, (count + 1, begun), _COUNTED)
    return count + 1, (now - begun) * 1e6


def chaos_of(server: str, seed: int) -> MakeEffect:
    """Makes the effect, with chaos for the whole server ("" for none). Raises UsageError if it cannot be read."""
    parse(server or "none")

    def make(pack: Pack, rows: Rows) -> Chaos:
        return Chaos(rows, server, seed) if server else DormantChaos(rows, server, seed)

    return make
