"""What each live session has seen so far: an overlay of cursors over a read-only pack.

Sessions cost nothing until they ask for something that was recorded more than once. They are bounded: the one that
was idle longest is forgotten, and counted. Forgetting one, or all, takes the same time however much they hold.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import StrEnum

from smartsandbox.replay_engine.candidates import Candidates


class Exhausted(StrEnum):
    """What is answered once a session has had every recorded answer to a request."""

    LAST = "last"
    CYCLE = "cycle"
    FAIL = "fail"


def choose(candidates: Candidates, position: int, policy: Exhausted) -> int | None:
    """The row that answers the `position`-th ask (from 0), or None where the policy is to fail."""
    rows = candidates.rows
    if position < len(rows):
        return rows[position]
    if policy is Exhausted.LAST:
        return rows[-1]
    return rows[position % len(rows)] if policy is Exhausted.CYCLE else None


class Sessions:
    """Cursors by session name; at most `limit` sessions."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._cursors: OrderedDict[str, dict[int, int]] = OrderedDict()
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._cursors)

    def advance(self, session: str, candidates: Candidates) -> int:
        """How often this session has asked for these candidates before; counts this time."""
        cursors = self._cursors.get(session)
        if cursors is None:
            cursors = self._cursors[session] = {}
            if len(self._cursors) > self._limit:
                self._cursors.popitem(last=False)
                self.evicted += 1
        else:
            self._cursors.move_to_end(session)
        position = cursors.get(candidates.serial, 0)
        cursors[candidates.serial] = position + 1
        return position

    def reset(self, session: str | None = None) -> int:
        """Forget one session, or all; returns how many were forgotten."""
        if session is not None:
            return 0 if self._cursors.pop(session, None) is None else 1
        forgotten = len(self._cursors)
        self._cursors = OrderedDict()
        return forgotten
