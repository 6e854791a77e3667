"""What was served: counters, and a bounded journal that says when it has lost its oldest entries.

Entries name exchanges and endpoints of the pack. Nothing of a live request is kept but its method.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from smartsandbox.replay_engine.rows import Rows

MISSED = -1
EXHAUSTED = -2
"""A session has had every recorded answer to its request."""


class Journal:
    """Counts everything, remembers the last `limit` requests."""

    def __init__(self, rows: Rows, limit: int) -> None:
        self._rows = rows
        self._entries: deque[tuple[str, int] | tuple[str, int, str]] = deque(maxlen=limit)
        self._by_endpoint = [0] * len(rows.endpoint.names)
        self.served = 0
        self.missed = 0
        self.own = 0
        """Requests that the sandbox itself answered, such as by a scenario."""
        self.refused = 0
        """Requests that were not HTTP, or over a limit."""

    def matched(self, method: str, row: int) -> None:
        """Count a request that an exchange answered."""
        self.served += 1
        self._by_endpoint[self._rows.endpoint.codes[row]] += 1
        self._entries.append((method, row))

    def miss(self, method: str) -> None:
        """Count a request that nothing in the pack answers."""
        self.served += 1
        self.missed += 1
        self._entries.append((method, MISSED))

    def answered(self, method: str) -> None:
        """Count a request that the sandbox itself answered."""
        self.served += 1
        self.own += 1
        self._entries.append((method, MISSED))

    def note(self, text: str) -> None:
        """Say more of the last request."""
        if self._entries:
            self._entries[-1] = (*self._entries[-1][:2], text)

    def counts(self) -> dict[str, Any]:
        """Totals since the start, as JSON."""
        names = self._rows.endpoint.names
        return {
            "served": self.served,
            "matched": self.served - self.missed - self.own,
            "own": self.own,
            "missed": self.missed,
            "refused": self.refused,
            "by_endpoint": {names[code]: n for code, n in enumerate(self._by_endpoint) if n},
        }

    def recent(self, limit: int) -> dict[str, Any]:
        """The last requests, oldest first. `truncated` says that older ones were forgotten."""
        kept = list(self._entries)[-limit:] if limit > 0 else []
        return {"truncated": self.served > len(kept), "entries": [self._entry(*entry) for entry in kept]}

    def _entry(self, method: str, row: int, note: str = "") -> dict[str, Any]:
        told = {"note": note} if note else {}
        if row == MISSED:
            return {"method": method, "exchange": None, "endpoint": None, **told}
        exchange, endpoint = self._rows.id[row].decode(), self._rows.endpoint.name(row)
        return {"method": method, "exchange": exchange, "endpoint": endpoint, **told}
