"""What WebSockets have done since the start, for the counters of the server."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class SocketCounts:
    """`unknown` messages were like none that was recorded; `faults` are clients that broke a rule of the protocol.

    `filled` places of messages got their declared value, `unfilled` ones had none and kept the recorded one. `chaos`
    has for each fault the messages that it could have hit, those that it did, and the sum of its chances.
    """

    opened: int = 0
    sent: int = 0
    received: int = 0
    unknown: int = 0
    faults: int = 0
    filled: int = 0
    unfilled: int = 0
    chaos: dict[str, dict[str, float]] = field(default_factory=dict)

    def struck(self, name: str, chance: float, *, fires: bool) -> None:
        """One message that a fault could have hit."""
        count = self.chaos.setdefault(name, {"messages": 0, "fired": 0, "expected": 0.0})
        count["messages"] += 1
        count["fired"] += fires
        count["expected"] = round(count["expected"] + chance, 9)

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return asdict(self)
