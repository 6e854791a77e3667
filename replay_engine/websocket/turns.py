"""Whose turn it is: the order of a recorded conversation, kept by one end of a live one.

An own message may go when every message of the other end that was recorded before it has been heard. What the other
end says live need not be what was recorded: it counts as the nearest recorded message still to come that is the same,
else as the nearest of the same structure, else as the next. Those passed over count as heard with it, so a conversation
never waits for what the other end has left out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from smartsandbox.packs.model import Message, MessageKind
from smartsandbox.replay_engine.websocket.alike import Known, Likeness
from smartsandbox.replay_engine.websocket.conversations import Conversation

_AHEAD = 64
"""Messages of the other end that are looked at to find the one that was said."""


class Unknown(StrEnum):
    """What a message does that is like none of those to come."""

    ADVANCE = "advance"
    """It counts as the next."""
    IGNORE = "ignore"
    CLOSE = "close"
    """It ends the conversation, for a violation of policy."""


class Heard(NamedTuple):
    """What a live message counts as: the place of a recorded one, -1 for none; and how much it is like it."""

    at: int
    likeness: Likeness


class Mark(NamedTuple):
    """When a recorded message of the other end was heard: its place, its recorded time, and the clock's."""

    at: int
    at_us: int
    when: float


class Turns:
    """One live conversation; the client's messages are the own ones if `is_client`. It begins at `opened`."""

    __slots__ = ("_heard", "_last", "_marks", "_mine", "_said", "_spoken", "_theirs", "_unknown")

    def __init__(
        self, said: Conversation, opened: float, *, is_client: bool, unknown: Unknown = Unknown.ADVANCE
    ) -> None:
        self._said, self._unknown = said, unknown
        self._mine, self._theirs = said.places(sent=is_client), said.places(sent=not is_client)
        self._spoken = self._heard = 0
        """How many of each went."""
        self._last = Mark(-1, 0, opened)
        self._marks: deque[Mark] = deque()

    @property
    def is_over(self) -> bool:
        """True if nothing is left to say or to hear."""
        return self._spoken == len(self._mine) and self._heard == len(self._theirs)

    @property
    def next(self) -> int:
        """The place of the next own message; as many as there are after the last."""
        return self._mine[self._spoken] if self._spoken < len(self._mine) else len(self._said)

    @property
    def waits(self) -> bool:
        """True if the next own message waits for something to be heard."""
        return self._heard < bisect_left(self._theirs, self.next)

    def hear(self, kind: MessageKind, payload: bytes, when: float) -> Heard:
        """Take up what the other end said."""
        live, best, taken = Known(kind, payload), Heard(-1, Likeness.NONE), self._heard
        for number in range(self._heard, min(self._heard + _AHEAD, len(self._theirs))):
            likeness = live.like(self._said[self._theirs[number]])
            if likeness > best.likeness:
                best, taken = Heard(self._theirs[number], likeness), number + 1
            if likeness is Likeness.SAME:
                break
        if best.at < 0 and self._may_be_next(kind):
            best, taken = Heard(self._theirs[self._heard], Likeness.NONE), self._heard + 1
        if best.at >= 0:
            self._heard = taken
            self._marks.append(Mark(best.at, self._said[best.at].at_us, when))
        return best

    def _may_be_next(self, kind: MessageKind) -> bool:
        is_any = self._unknown is Unknown.ADVANCE and kind is not MessageKind.CLOSE
        return is_any and self._heard < len(self._theirs)

    def message(self) -> Message | None:
        """The next own message if it may go; None if there is none, or if it waits."""
        return None if self._spoken == len(self._mine) or self.waits else self._said[self.next]

    def anchor(self) -> Mark:
        """What the next own message followed: the last message of the other end before it, or the beginning."""
        while self._marks and self._marks[0].at < self.next:
            self._last = self._marks.popleft()
        return self._last

    def sent(self) -> None:
        """The next own message went."""
        self._spoken += 1

    def missing(self) -> Sequence[int]:
        """The places of the other end's messages that were not heard so far."""
        return self._theirs[self._heard :]
