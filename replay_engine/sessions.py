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


class Session:
    """One live session. `asked` counts the requests that were answered with effects so far."""

    __slots__ = ("_cursors", "asked", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked = 0
        self._cursors: dict[int, int] = {}

    def advance(self, candidates: Candidates) -> int:
        """How often this session has asked for these candidates before; counts this time."""
        position = self._cursors.get(candidates.serial, 0)
        self._cursors[candidates.serial] = position + 1
        return position


class Sessions:
    """Sessions by name; at most `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._live: OrderedDict[str, Session] = OrderedDict()
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._live)

    def of(self, name: str) -> Session:
        """The session of that name, begun now if it is new."""
        session = self._live.get(name)
        if session is not None:
            self._live.move_to_end(name)
            return session
        session = self._live[name] = Session(name)
        if len(self._live) > self._limit:
            self._live.popitem(last=False)
            self.evicted += 1
        return session

    def reset(self, name: str | None = None) -> int:
        """Forget one session, or all; returns how many were forgotten."""
        if name is not None:
            return 0 if self._live.pop(name, None) is None else 1
        forgotten = len(self._live)
        self._live = OrderedDict()
        return forgotten
