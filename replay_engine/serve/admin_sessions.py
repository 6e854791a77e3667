"""What testers do to sessions over `/__sandbox/`: reset, rewind, snapshot, restore and clone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from smartsandbox.replay_engine.serve.answer import Answer, json_answer, problem
from smartsandbox.replay_engine.serve.naming import named
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.sessions import Session, Sessions

Route = Callable[[LiveRequest], Answer]


def session_routes(sessions: Sessions, changed: Callable[[Session], None]) -> dict[tuple[str, str], Route]:
    """The routes by method and name. Sessions go by the value of their X-Sandbox-Session. `changed` is told of each
    that became another one."""

    def reset(request: LiveRequest) -> Answer:
        """{} forgets every session, {"session": NAME} one; with "step" or "snapshot" that one goes back to it."""
        wanted = fields_of(request, {"session": str, "step": int, "snapshot": int})
        if wanted is None or (wanted.keys() - {"session"} and "session" not in wanted):
            return problem(400, "Not a reset", _RESET)
        name = named(wanted["session"]) if "session" in wanted else None
        if name is not None and "snapshot" in wanted:
            return _restored(sessions.restore(wanted["snapshot"], name), wanted["snapshot"], changed)
        if name is not None and "step" in wanted:
            return _rewound(sessions.find(name), wanted["step"], changed)
        return json_answer({"reset": sessions.reset(name)})

    def snapshot(request: LiveRequest) -> Answer:
        wanted = fields_of(request, {"session": str})
        if wanted is None or "session" not in wanted:
            return problem(400, "Not a snapshot", 'send {"session": "NAME"}')
        name = named(wanted["session"])
        return json_answer({"snapshot": sessions.snapshot(name), "step": sessions.of(name).asked})

    def clone(request: LiveRequest) -> Answer:
        wanted = fields_of(request, {"session": str, "to": str})
        if wanted is None or len(wanted) < 2:
            return problem(400, "Not a clone", 'send {"session": "NAME", "to": "NEW NAME"}')
        copy = sessions.clone(named(wanted["session"]), named(wanted["to"]))
        changed(copy)
        return json_answer({"session": wanted["to"], "step": copy.asked})

    return {("POST", "reset"): reset, ("POST", "snapshot"): snapshot, ("POST", "clone"): clone}


_RESET = 'send {"session": "NAME"} for one session, with "step": N or "snapshot": N to go back to it, or {} for all'


def fields_of(request: LiveRequest, known: dict[str, type]) -> dict[str, Any] | None:
    """The request's JSON object, {} for an empty body; None if it has another field or type than those known."""
    try:
        wanted = orjson.loads(request.body or b"{}")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(wanted, dict) or not all(type(value) is known.get(name) for name, value in wanted.items()):
        return None
    return wanted


def _restored(session: Session | None, number: int, changed: Callable[[Session], None]) -> Answer:
    if session is None:
        return problem(404, "No such snapshot", f"snapshot {number} is not kept: POST /__sandbox/snapshot makes one")
    changed(session)
    return json_answer({"reset": 1, "step": session.asked})


def _rewound(session: Session | None, step: int, changed: Callable[[Session], None]) -> Answer:
    if session is None:
        return json_answer({"reset": 0, "step": 0}) if step == 0 else problem(404, "No such session", _NOT_BEGUN)
    if not session.rewind(step):
        kept = f"0 and {session.oldest} to {session.asked}" if session.oldest <= session.asked else "0"
        detail = f"step {step} is not kept; this session can go back to {kept}: serve with a longer --history"
        return problem(409, "Step not kept", detail)
    changed(session)
    return json_answer({"reset": 1, "step": session.asked})


_NOT_BEGUN = "no request of that session has been answered yet"
