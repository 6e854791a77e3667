"""Who a live session is: by the session header, the credential or the connection of its requests, as set."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from smartsandbox.replay_engine.serve.request import RUN, SESSION, LiveRequest

ANONYMOUS = "anonymous"


class SessionBy(StrEnum):
    """What tells the sessions of a server apart; who has none of it shares one session with all such."""

    AUTO = "auto"
    """The header X-Sandbox-Session, else the credential."""
    HEADER = "header"
    CREDENTIAL = "credential"
    CONNECTION = "connection"


def namer(by: SessionBy) -> Callable[[LiveRequest], str]:
    """The function from a request to the name of its session."""
    return _NAMERS[by]


def session_of(request: LiveRequest) -> str:
    """The name under which the state of a request's caller is kept where nothing else is set."""
    session = request.header(SESSION)
    return session_name(session, request.credential() if session is None else None, request.header(RUN))


def session_name(session: str | None, credential: str | None, run: str | None) -> str:
    """The name under which a caller's state is kept: its session header, else its credential, else one for all; apart
    for each run that drives, so that a second run begins anew."""
    within = f"run {run[:64]} " if run else ""
    if session is not None:
        return within + named(session)
    return f"{within}credential {credential}" if credential is not None else within + ANONYMOUS


def named(session: str) -> str:
    """The name of the session that a header value calls for, outside of runs."""
    return f"session {session[:200]}"


def _by_header(request: LiveRequest) -> str:
    return session_name(request.header(SESSION), None, request.header(RUN))


def _by_credential(request: LiveRequest) -> str:
    return session_name(None, request.credential(), request.header(RUN))


def _by_connection(request: LiveRequest) -> str:
    return f"connection {request.connection}"


_NAMERS = {
    SessionBy.AUTO: session_of,
    SessionBy.HEADER: _by_header,
    SessionBy.CREDENTIAL: _by_credential,
    SessionBy.CONNECTION: _by_connection,
}
