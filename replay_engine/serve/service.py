"""What the connections of one server share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.serve.admin import PREFIX, Admin
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.options import Limits
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.responder import Responder


class Client(Protocol):
    """A connection as its service sees it, of whatever protocol."""

    def expire(self) -> None:
        """Called every second."""
        ...

    def drain(self) -> None:
        """Close once what is on its way has been sent."""
        ...

    def reset(self) -> None:
        """Break off."""
        ...


class Opened(Client, Protocol):
    """A WebSocket."""

    def restart(self) -> None:
        """Another version of the pack is served from here on."""
        ...


@dataclass(slots=True)
class Service:
    """One server as its connections see it. `second` counts seconds, for time-outs without reading a clock,
    `opened` connections since the start, `unfinished` the bytes of requests that are not complete yet."""

    responder: Responder
    admin: Admin
    limits: Limits
    clock: Clock
    connections: set[Client] = field(default_factory=set)
    sockets: set[Opened] = field(default_factory=set)
    """Those of the connections that have become WebSockets."""
    second: int = 0
    opened: int = 0
    unfinished: int = 0
    draining: bool = False
    each_second: Callable[[], None] | None = None
    elsewhere: Callable[[LiveRequest], Answer | None] | None = None
    """Gives the answers that another process of the server decides, None for the others."""
    read: frozenset[bytes] = field(init=False)
    """The headers that are kept of a request, in lower case."""

    def __post_init__(self) -> None:
        self.install(self.responder, self.admin)

    def install(self, responder: Responder, admin: Admin) -> None:
        """Answer from these from here on. Connections that are open go on keeping the headers that they kept; what is
        said on WebSockets is of the pack that is left, so they end."""
        self.responder, self.admin = responder, admin
        named = responder.matching.all_headers()
        for opened in tuple(self.sockets):
            opened.restart()
        self.read = self.responder.read | {name.encode() for name in named}

    def answer(self, request: LiveRequest) -> Answer:
        """From the reserved prefix or from the pack."""
        if self.elsewhere is not None and (answer := self.elsewhere(request)) is not None:
            return answer
        return (self.admin if request.target.startswith(PREFIX) else self.responder).answer(request)
