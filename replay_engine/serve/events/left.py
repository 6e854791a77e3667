"""Events that outlive a server: told when it stops, and taken up when it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from smartsandbox.packs.errors import SandboxError
from smartsandbox.replay_engine.moments import iso_time
from smartsandbox.replay_engine.serve.events.callbacks import Callbacks
from smartsandbox.replay_engine.serve.events.declared import Declared
from smartsandbox.replay_engine.serve.events.event import CALLBACK, Event, Time
from smartsandbox.replay_engine.serve.events.state import EventState, Kept
from smartsandbox.replay_engine.sessions import Session

_TOLD = 20


def farewell(left: Sequence[Event], *, kept: bool) -> Iterator[str]:
    """The lines that tell of events which were not sent when the server stopped; nothing of their content."""
    if not left:
        return
    fate = "the next start with this --events-state takes them up" if kept else "they are lost without --events-state"
    yield f"events not sent when the server stopped: {len(left)}; {fate}"
    for event in left[:_TOLD]:
        yield f"  event {event.number} of {event.endpoint}, due {iso_time(event.due_us)}"
    if len(left) > _TOLD:
        yield f"  and {len(left) - _TOLD} more"


def restored(
    state: EventState, rules: Iterable[Declared], callbacks: Callbacks, session_of: Callable[[str], Session]
) -> Iterator[Event | None]:
    """The events that a file holds, due by real time; None for one that no rule announces any more.

    A callback that a session had set is its own again, unless events may not go there any more.
    """
    known = {(rule.endpoint, rule.path, rule.headers): rule for rule in rules}
    for kept in state.read():
        rule, session = known.get((kept.endpoint, kept.path, kept.headers)), session_of(kept.session)
        with suppress(SandboxError):
            if kept.callback is not None:
                session.put(CALLBACK, callbacks.target(kept.callback))
        yield _event(kept, rule, state, session) if rule is not None else None


def _event(kept: Kept, rule: Declared, state: EventState, session: Session) -> Event:
    due, time = (kept.due_us, _still(kept.due_us)) if kept.at_us is None else (kept.at_us, _running(state))
    return Event(kept.number, kept.endpoint, session, due, time, kept.path, kept.headers, kept.body, rule.signer)


def _running(state: EventState) -> Time:
    return lambda: (state.now(), 1.0)


def _still(due_us: int) -> Time:
    """A clock that stood still, just before the event: it waits to be sent by hand."""
    return lambda: (due_us - 1, 0.0)
