"""How many messages a run has exchanged on WebSockets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class MessageCounts:
    """Of the messages of a run. `differing` came and were others, `missing` never came, `added` were never recorded."""

    conversations: int = 0
    sent: int = 0
    received: int = 0
    differing: int = 0
    missing: int = 0
    added: int = 0

    def add(self, other: MessageCounts) -> None:
        """Count what another one counted as well."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
