"""What each live session has seen so far: an overlay of values over a read-only pack.

All state of a session is one persistent map, so that keeping a version of it is keeping a reference: snapshot, clone
and reset take the same time however much a session holds. Sessions are bounded: the one that was idle longest is
forgotten, and counted.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from enum import StrEnum
from typing import Any

from immutables import Map

from smartsandbox.replay_engine.candidates import Candidates

SNAPSHOTS = 1000
"""How many snapshots are kept; the oldest goes first."""

_NOTHING: Map[Hashable, Any] = Map()


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
    """One live session: values by name, and the versions of them after its last steps.

    `asked` counts its steps, which are requests answered from the pack.
    """

    __slots__ = ("__weakref__", "_values", "_versions", "asked", "name")

    def __init__(self, name: str, history: int = 0) -> None:
        self.name = name
        self.asked = 0
        self._values = _NOTHING
        self._versions: deque[Map[Hashable, Any]] = deque(maxlen=history)

    def get(self, name: Hashable, default: Any = None) -> Any:
        """A value that was put under this name."""
        return self._values.get(name, default)

    def put(self, name: Hashable, value: Any) -> None:
        """Keep an immutable value under a name; cursors have the serial numbers of their lists as names."""
        self._values = self._values.set(name, value)

    def forget(self, name: Hashable) -> None:
        """Drop a value; one that is not there is no error."""
        if name in self._values:
            self._values = self._values.delete(name)

    def position(self, candidates: Candidates) -> int:
        """How often this session has asked for these candidates."""
        return int(self._values.get(candidates.serial, 0))

    def advance(self, candidates: Candidates) -> int:
        """The same, and counts this time."""
        position = self.position(candidates)
        self.put(candidates.serial, position + 1)
        return position

    def commit(self) -> None:
        """End a step: what the session holds now is its version after it."""
        self.asked += 1
        self._versions.append(self._values)

    @property
    def oldest(self) -> int:
        """The first step, but for step 0, that `rewind` can go back to."""
        return self.asked - len(self._versions) + 1

    def rewind(self, step: int) -> bool:
        """Be as it was after `step` steps; 0 is the beginning. False if that version is not kept."""
        if step != 0 and not self.oldest <= step <= self.asked:
            return False
        for _ in range(min(self.asked - step, len(self._versions))):
            self._versions.pop()
        self._values = self._versions[-1] if step else _NOTHING
        self.asked = step
        return True

    def copy(self, name: str) -> Session:
        """A session of another name that has seen the same, and can go back as far."""
        twin = Session(name)
        twin.asked, twin._values, twin._versions = self.asked, self._values, self._versions.copy()
        return twin


class Sessions:
    """Sessions by name; at most `limit`, each with versions of its last `history` steps."""

    def __init__(self, limit: int, history: int = 0) -> None:
        self._limit, self._history = limit, history
        self._live: OrderedDict[str, Session] = OrderedDict()
        self._snapshots: OrderedDict[int, Session] = OrderedDict()
        self._taken = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._live)

    def find(self, name: str) -> Session | None:
        """The session of that name, if it has begun."""
        return self._live.get(name)

    def of(self, name: str) -> Session:
        """The session of that name, begun now if it is new."""
        session = self._live.get(name)
        if session is not None:
            self._live.move_to_end(name)
            return session
        return self._begin(Session(name, self._history))

    def _begin(self, session: Session) -> Session:
        self._live[session.name] = session
        self._live.move_to_end(session.name)
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

    def clone(self, source: str, name: str) -> Session:
        """A session `name`, replacing one of that name, that has seen what `source` has."""
        return self._begin(self.of(source).copy(name))

    def snapshot(self, name: str) -> int:
        """Keep what a session is now; returns the number to restore it by."""
        self._taken += 1
        self._snapshots[self._taken] = self.of(name).copy(name)
        if len(self._snapshots) > SNAPSHOTS:
            self._snapshots.popitem(last=False)
        return self._taken

    def restore(self, number: int, name: str) -> Session | None:
        """Make a session what a snapshot is, of whichever session it was; None if it is not kept."""
        kept = self._snapshots.get(number)
        return None if kept is None else self._begin(kept.copy(name))
