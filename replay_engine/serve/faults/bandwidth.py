"""`bandwidth=64kbit`: the body goes out no faster than that, in pieces by the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.serve.faults.base import Kind, Outgoing

_BYTES = {"bit": 0.125, "kbit": 125.0, "mbit": 125e3, "gbit": 125e6, "b": 1.0, "kb": 1e3, "mb": 1e6}
_RATE = re.compile(r"(\d+(?:\.\d+)?)(bit|kbit|mbit|gbit|B|kB|MB|b|kb|mb)(?:/s)?")
_TAKES = "takes a rate a second, such as 64kbit, 2mbit or 100kB"


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """See the module."""

    bytes_per_second: float
    name: str

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """See faults.base."""
        slower = min(outgoing.course.bytes_per_second, self.bytes_per_second)
        return replace(outgoing, course=replace(outgoing.course, bytes_per_second=slower)), self.name


def _make(value: str) -> Bandwidth:
    match = _RATE.fullmatch(value)
    rate = float(match[1]) * _BYTES[match[2].lower()] if match else 0.0
    if not 1.0 <= rate <= 125e9:
        raise ValueError(_TAKES)
    return Bandwidth(rate, value)


KIND = Kind("bandwidth", _make)
