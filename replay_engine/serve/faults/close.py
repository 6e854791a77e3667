"""`close`: no answer, and an ordinary end of the connection when the first byte would have come."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.plan import Close
from smartsandbox.replay_engine.serve.faults.base import Kind, Outgoing, no_value


@dataclass(frozen=True, slots=True)
class CloseFault:
    """See the module."""

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """See faults.base."""
        return replace(outgoing, course=replace(outgoing.course, sends=False, end=Close())), "close"


def _make(value: str) -> CloseFault:
    no_value(value)
    return CloseFault()


KIND = Kind("close", _make)
