"""`POST /__sandbox/clock`: set the clock of one session, or of all that have none of their own."""

from __future__ import annotations

from smartsandbox.replay_engine.serve.admin_sessions import Route, fields_of
from smartsandbox.replay_engine.serve.answer import Answer, json_answer, problem
from smartsandbox.replay_engine.serve.naming import named
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.responder import Responder
from smartsandbox.replay_engine.virtual_time import GRAMMAR


def clock_routes(responder: Responder) -> dict[tuple[str, str], Route]:
    """The route by method and name."""

    def clock(request: LiveRequest) -> Answer:
        wanted = fields_of(request, {"session": str, "clock": str})
        if wanted is None or "clock" not in wanted:
            return problem(400, "Not a clock", f'send {{"session": "NAME", "clock": "..."}} with {GRAMMAR}')
        session = responder.sessions.of(named(wanted["session"])) if "session" in wanted else None
        try:
            now = responder.steps.rewriting.set_clock(wanted["clock"], session)
        except ValueError as error:
            return problem(400, "Not a clock", str(error))
        responder.steps.settle(session)
        return json_answer({"now": now})

    return {("POST", "clock"): clock}
