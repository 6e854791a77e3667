"""`truncate`: half of the body that was declared, then the end of the connection; without a body, no answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.plan import Close
from smartsandbox.replay_engine.serve.faults.base import Kind, Outgoing, no_value


@dataclass(frozen=True, slots=True)
class Truncate:
    """See the module."""

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """See faults.base."""
        size = len(outgoing.answer.body)
        course = replace(outgoing.course, end=Close(), keep=size // 2, sends=outgoing.course.sends and size > 0)
        return replace(outgoing, course=course), f"{size // 2} of {size} bytes"


def _make(value: str) -> Truncate:
    no_value(value)
    return Truncate()


KIND = Kind("truncate", _make)
