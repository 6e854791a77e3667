"""`/__sandbox/events` and `/__sandbox/callback`: what will be sent, to send it now, and where a session's goes."""

from __future__ import annotations

from smartsandbox.packs.errors import SandboxError
from smartsandbox.replay_engine.serve.admin_sessions import Route, fields_of
from smartsandbox.replay_engine.serve.answer import Answer, json_answer, problem
from smartsandbox.replay_engine.serve.naming import named
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.responder import Responder


def event_routes(responder: Responder) -> dict[tuple[str, str], Route]:
    """The routes by method and name; none where no answer announces anything."""
    events = responder.events
    if events is None:
        return {}

    def told(_: LiveRequest) -> Answer:
        return json_answer(events.told())

    def fire(request: LiveRequest) -> Answer:
        """{"event": N}, {"session": NAME}, or {} for all that are pending."""
        wanted = fields_of(request, {"event": int, "session": str})
        if wanted is None or len(wanted) > 1:
            return problem(400, "Not an event", 'send {"event": N}, {"session": "NAME"}, or {} for all pending ones')
        name = named(wanted["session"]) if "session" in wanted else None
        return json_answer({"fired": events.fire([wanted["event"]] if "event" in wanted else events.pending_of(name))})

    def callback(request: LiveRequest) -> Answer:
        wanted = fields_of(request, {"session": str, "url": str})
        if wanted is None or len(wanted) < 2:
            return problem(400, "Not a callback", 'send {"session": "NAME", "url": "http://127.0.0.1:9000/hooks"}')
        try:
            events.set_callback(responder.sessions.of(named(wanted["session"])), wanted["url"])
        except SandboxError as error:
            return problem(400, "Not a callback", str(error))
        return json_answer({"callback": "set"})

    return {("GET", "events"): told, ("POST", "events"): fire, ("POST", "callback"): callback}
