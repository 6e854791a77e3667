"""What WebSockets have done since the start, for the counters of the server."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class SocketCounts:
    """`unknown` messages were like none that was recorded; `faults` are clients that broke a rule of the protocol."""

    opened: int = 0
    sent: int = 0
    received: int = 0
    unknown: int = 0
    faults: int = 0

    def to_json(self) -> dict[str, int]:
        """By name."""
        return asdict(self)
