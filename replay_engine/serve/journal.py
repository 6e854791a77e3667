"""What was served: counters, and a bounded journal that says when it has lost its oldest entries.

Entries name exchanges and endpoints of the pack. Nothing of a live request is kept but its method.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.websocket.counts import SocketCounts

MISSED = -1
EXHAUSTED = -2
"""A session has had every recorded answer to its request."""
EXACT, SYNTHESISED = "exact", "synthesised"

Entry = tuple[str, int] | tuple[str, int, str] | tuple[str, int, str, str]
"""Method and row; how it was matched, if not exactly; a note."""


class Journal:
    """Counts everything, remembers the last `limit` requests."""

    def __init__(self, rows: Rows, limit: int) -> None:
        self._rows = rows
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._by_endpoint = [0] * len(rows.endpoint.names)
        self._tiers: Counter[str] = Counter()
        self.served = 0
        self.missed = 0
        self.own = 0
        """Requests that the sandbox itself answered, such as by a scenario."""
        self.refused = 0
        """Requests that were not HTTP, or over a limit."""
        self.sockets = SocketCounts()
        self._said = 0

    def matched(self, method: str, row: int) -> None:
        """Count a request that an exchange answered."""
        self.served += 1
        self._by_endpoint[self._rows.endpoint.codes[row]] += 1
        self._entries.append((method, row))

    def matched_by(self, method: str, row: int, match: str) -> None:
        """Count a request that an exchange answered although its key is another one; `match` says how."""
        self.served += 1
        self._tiers[match] += 1
        self._by_endpoint[self._rows.endpoint.codes[row]] += 1
        self._entries.append((method, row, match))

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
            method, row, *rest = self._entries[-1]
            self._entries[-1] = (method, row, rest[0] if rest else EXACT, text)

    def said(self, row: int, text: str) -> None:
        """Say something of the WebSocket that a row's handshake opened."""
        self._said += 1
        self._entries.append(("GET", row, EXACT, text))

    def counts(self) -> dict[str, Any]:
        """Totals since the start, as JSON."""
        names = self._rows.endpoint.names
        exact = self.served - self.missed - self.own - self._tiers.total()
        return {
            "served": self.served,
            "matched": exact + self._tiers.total() - self._tiers[SYNTHESISED],
            "by_tier": {EXACT: exact, **self._tiers},
            "own": self.own,
            "missed": self.missed,
            "refused": self.refused,
            "websockets": self.sockets.to_json(),
            "by_endpoint": {names[code]: n for code, n in enumerate(self._by_endpoint) if n},
        }

    def recent(self, limit: int) -> dict[str, Any]:
        """The last requests, oldest first. `truncated` says that older ones were forgotten."""
        kept = list(self._entries)[-limit:] if limit > 0 else []
        return {"truncated": self.served + self._said > len(kept), "entries": [self._entry(*entry) for entry in kept]}

    def _entry(self, method: str, row: int, match: str = EXACT, note: str = "") -> dict[str, Any]:
        told = {"note": note} if note else {}
        if row == MISSED:
            return {"method": method, "exchange": None, "endpoint": None, "match": None, **told}
        exchange, endpoint = self._rows.id[row].decode(), self._rows.endpoint.name(row)
        return {"method": method, "exchange": exchange, "endpoint": endpoint, "match": match, **told}
