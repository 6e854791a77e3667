"""`timeout`: no answer; the connection hangs for 60 s, or for the time given, and is closed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.plan import Close
from smartsandbox.replay_engine.serve.faults.base import Kind, Outgoing, duration_us


@dataclass(frozen=True, slots=True)
class Timeout:
    """Hangs until `until_us` after the request's first byte, or longer where the answer would have."""

    until_us: int

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """See faults.base."""
        until = max(self.until_us, outgoing.course.first_us)
        return replace(outgoing, course=replace(outgoing.course, first_us=until, sends=False, end=Close())), "hang"


KIND = Kind("timeout", lambda value: Timeout(duration_us(value or "60s")))
