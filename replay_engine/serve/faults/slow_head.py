"""`slow_head=2s`: status line and headers dribble in over that time, the body after them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.serve.faults.base import Kind, Outgoing, duration_us


@dataclass(frozen=True, slots=True)
class SlowHead:
    """See the module."""

    over_us: int
    name: str

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """See faults.base."""
        return replace(outgoing, course=replace(outgoing.course, head_us=self.over_us)), self.name


KIND = Kind("slow_head", lambda value: SlowHead(duration_us(value), value))
