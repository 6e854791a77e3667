"""The live values of a run: what answers gave, and what a request needs to have changed before it is sent.

Nothing here reads a clock or a socket. A run in which every answer is the recorded one changes no request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import IntEnum

from smartsandbox.packs.places import Answer
from smartsandbox.packs.slots import Slot
from smartsandbox.replay_engine.drive.correlation.instances import Instances

Change = tuple[Slot, str]
"""Where a recorded value stands in a request, and the live value to put there."""
NO_NAMES: Mapping[str, str] = {}


class Bound(IntEnum):
    """What became of the values that a request takes from earlier answers."""

    NONE = 0
    """It takes none, or the live values are the recorded ones."""
    BOUND = 1
    """At least one live value was put in the place of a recorded one."""
    UNBOUND = 2
    """An answer that should have given a value failed or lacks it: the recorded value stood, or it was not sent."""


class Binder:
    """What answers gave so far. Places are places in the schedule; `talk` names the session of a request."""

    def __init__(self, found: Instances) -> None:
        self.needs, self.gives = found.needs, found.gives
        self._given = bytearray(found.count)
        self._live: dict[int, str] = {}
        self._names: dict[int, dict[str, str]] = defaultdict(dict)

    def same(self, place: int) -> None:
        """The answer was the recorded one."""
        for number, _, _ in self.gives.get(place, ()):
            self._given[number] = 1

    def answered(self, place: int, talk: int, answer: Answer) -> None:
        """Another answer than the recorded one: read from it what later requests need."""
        for number, at, recorded in self.gives.get(place, ()):
            live = answer.read(at)
            if live is None:
                continue
            self._given[number] = 1
            if live != recorded:
                self._live[number] = self._names[talk][recorded] = live

    def missing(self, place: int) -> bool:
        """True if a value that a request needs was never given."""
        return any(not self._given[gift] for gift, _ in self.needs.get(place, ()))

    def changes(self, place: int, talk: int) -> list[Change]:
        """What has to be changed in a request before it is sent."""
        found = []
        for gift, slot in self.needs.get(place, ()):
            live = self._live.get(gift)
            if live is not None:
                found.append((slot, live))
                self._names[talk][slot.value] = live
        return found

    def names(self, talk: int) -> Mapping[str, str]:
        """Recorded values and the live ones that stand for them in a session."""
        return self._names.get(talk, NO_NAMES)
