"""Effects: what changes an answer on its way out, such as a fault, a template or a moved date.

An effect gets the recorded answer and who asked for it, and gives the answer that is sent. It sends nothing itself:
delays and faults are steps of the answer's plan. What it remembers of a session it puts into the session, so that
snapshots, clones and resets hold for it as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.sessions import Session


@dataclass(frozen=True, slots=True)
class Served:
    """What an answer is for: the request, the pack's row that answers it, and the session that asks.

    `ordinal` counts the session's requests from 0, so that a draw by session and ordinal repeats. `notes` is what was
    done, for the journal: words of the sandbox's own, nothing of the request.
    """

    request: LiveRequest
    row: int
    session: Session
    ordinal: int
    notes: list[str] = field(default_factory=list)


class Effect(Protocol):
    """One kind of change."""

    def apply(self, answer: Answer, served: Served) -> Answer:
        """The answer to send: the same object where nothing changes. `answer` may be shared and is never modified."""
        ...


@runtime_checkable
class Telling(Protocol):
    """An effect that has something to say in /__sandbox/stats."""

    def facts(self) -> dict[str, Any]:
        """Counters and findings as JSON, under names of its own."""
        ...


@runtime_checkable
class Early(Protocol):
    """An effect that also sees each request before it is matched."""

    def before(self, request: LiveRequest, session: Session) -> LiveRequest | Answer | int:
        """The request to match, the same object where nothing changes; or the row that answers, whatever would match;
        or an answer that ends it here."""
        ...


@runtime_checkable
class Dormant(Protocol):
    """An effect that does nothing until a request has one of these headers (lower case, and in request.READ), or it
    is set."""

    wakes: frozenset[bytes]

    def holds(self, session: Session | None) -> bool:
        """True while something is set for a session, or for all, that requests without these headers have to meet."""
        ...


@runtime_checkable
class Local(Protocol):
    """An effect that needs nothing of a session but its name and a count of its own, so that each process of a server
    may apply it by itself where `local` is true."""

    local: bool


@runtime_checkable
class Everywhere(Protocol):
    """An effect that also changes answers that are from no row of the pack, such as that nothing matches."""

    everywhere: bool


@runtime_checkable
class Inheriting(Protocol):
    """An effect that can be set for the whole server while it serves."""

    def inherit(self, former: Any) -> None:
        """Take what was set on the effect of the same kind that served another version of the pack before."""
        ...


MakeEffect = Callable[[Pack, Rows], Effect]
"""Makes an effect for a pack; called once, before serving."""
