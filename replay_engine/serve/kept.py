"""Values of a session under many names, so few that a client which invents names costs no more than that."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from smartsandbox.replay_engine.sessions import Session


def keep(session: Session, group: Hashable, name: Hashable, value: Any, limit: int) -> None:
    """Put a value, and forget those first put in its group where there would be more than `limit`."""
    if session.get(name) is None:
        known = (*session.get(("kept", group), ()), name)
        for old in known[:-limit]:
            session.forget(old)
        session.put(("kept", group), known[-limit:])
    session.put(name, value)
