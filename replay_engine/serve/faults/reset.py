"""`reset`: no answer, and a TCP reset of the connection when the first byte would have come."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.plan import Reset
from smartsandbox.replay_engine.serve.faults.base import Kind, Outgoing, no_value


@dataclass(frozen=True, slots=True)
class ResetFault:
    """See the module."""

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """See faults.base."""
        return replace(outgoing, course=replace(outgoing.course, sends=False, end=Reset())), "reset"


def _make(value: str) -> ResetFault:
    no_value(value)
    return ResetFault()


KIND = Kind("reset", _make)
