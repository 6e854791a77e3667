"""Which requests need the effects and selectors: all, only those with certain headers, or all for a while.

Where every part is dormant, requests go by without them. One that has a part's header wakes them all. They fall asleep
again once nothing is set for a live session, or for the server, that a request without such a header has to meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakSet

from smartsandbox.replay_engine.serve.effects import Dormant, Local
from smartsandbox.replay_engine.sessions import Session


class Waking:
    """Of the parts of one server. `headers` wake them, `awake` says that they are, and `shared` that one of those awake
    needs the state that all processes of the server share."""

    def __init__(self, parts: Sequence[object]) -> None:
        dormant = [part for part in parts if isinstance(part, Dormant) and part.wakes]
        self.headers = frozenset[bytes]().union(*(part.wakes for part in dormant))
        always = [part for part in parts if part not in dormant]
        self._always = bool(always)
        self._always_shared = not all(isinstance(part, Local) and part.local for part in always)
        self._dormant = dormant
        self.awake, self.shared = self._always, self._always_shared
        self._held = WeakSet[Session]()
        """Sessions for which something is set; those that are forgotten leave by themselves."""

    def wake(self) -> None:
        """Until `settle` is called and finds that nothing is set."""
        self.awake = self.shared = True

    def settle(self, session: Session | None = None) -> None:
        """Sleep if that is possible. `session` is one that was changed or has asked, if any."""
        if self._always_shared:
            return
        if session is not None:
            if any(part.holds(session) for part in self._dormant):
                self._held.add(session)
            else:
                self._held.discard(session)
        self.shared = len(self._held) > 0 or any(part.holds(None) for part in self._dormant)
        self.awake = self.shared or self._always
