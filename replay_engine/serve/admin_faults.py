"""What testers set over `/__sandbox/`: chaos for one session or for the server, a scenario for a session."""

from __future__ import annotations

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.serve.admin_sessions import Route, fields_of
from smartsandbox.replay_engine.serve.answer import Answer, json_answer, problem
from smartsandbox.replay_engine.serve.chaos import Chaos
from smartsandbox.replay_engine.serve.naming import named
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.responder import Responder
from smartsandbox.replay_engine.serve.scenarios import Scenarios


def fault_routes(responder: Responder) -> dict[tuple[str, str], Route]:
    """The routes by method and name. Sessions go by the value of their X-Sandbox-Session."""

    def chaos(request: LiveRequest) -> Answer:
        """{"chaos": SPEC} for the server, with "session" for one; "none" ends it."""
        wanted = fields_of(request, {"session": str, "chaos": str})
        effect = responder.steps.part(Chaos)
        if wanted is None or "chaos" not in wanted or effect is None:
            return problem(400, "Not chaos", 'send {"chaos": "latency=300ms,5xx=2%"}, with "session": "NAME" for one')
        session = responder.sessions.of(named(wanted["session"])) if "session" in wanted else None
        try:
            effect.set(wanted["chaos"], session)
        except UsageError as error:
            return problem(400, "Not chaos", str(error))
        responder.steps.settle(session)
        return json_answer(wanted)

    def scenario(request: LiveRequest) -> Answer:
        """{"session": NAME, "scenario": NAME}; "none" ends it."""
        wanted = fields_of(request, {"session": str, "scenario": str})
        selector = responder.steps.part(Scenarios)
        if wanted is None or len(wanted) < 2 or selector is None:
            return problem(400, "Not a scenario", 'send {"session": "NAME", "scenario": "NAME"}')
        session = responder.sessions.of(named(wanted["session"]))
        try:
            selector.set(wanted["scenario"], session)
        except UsageError as error:
            return problem(400, "No such scenario", str(error))
        responder.steps.settle(session)
        return json_answer(wanted)

    return {("POST", "chaos"): chaos, ("POST", "scenario"): scenario}
