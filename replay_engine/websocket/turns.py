"""Whose turn it is: the order of a recorded conversation, kept by one end of a live one.

An own message may go when every message of the other end that was recorded before it has been heard. What the other
end says live need not be what was recorded: it counts as the nearest recorded message still to come that is the same,
else as the nearest of the same structure, else as the next. Those passed over count as heard with it, so a conversation
never waits for what the other end has left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
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

    __slots__ = ("_heard", "_last", "_marks", "_ours", "_said", "_unknown", "next")

    def __init__(
        self, said: Conversation, opened: float, *, is_client: bool, unknown: Unknown = Unknown.ADVANCE
    ) -> None:
        self._said, self._ours, self._unknown = said, is_client, unknown
        self._heard = -1
        """Messages of the other end up to this place count as heard."""
        self._last = Mark(-1, 0, opened)
        self._marks: deque[Mark] = deque()
        self.next = self._skipped(0)
        """The place of the next own message; as many as there are after the last."""

    @property
    def is_over(self) -> bool:
        """True if nothing is left to say or to hear."""
        return self.next == len(self._said) and not any(True for _ in self._to_come())

    @property
    def waits(self) -> bool:
        """True if the next own message waits for something to be heard."""
        return self._blocked(self.next)

    def hear(self, kind: MessageKind, payload: bytes, when: float) -> Heard:
        """Take up what the other end said."""
        live, best = Known(kind, payload), Heard(-1, Likeness.NONE)
        for number, at in enumerate(self._to_come()):
            likeness = live.like(self._said[at])
            if likeness > best.likeness:
                best = Heard(at, likeness)
            if best.likeness is Likeness.SAME or number == _AHEAD:
                break
        if best.at < 0 and self._unknown is Unknown.ADVANCE and kind is not MessageKind.CLOSE:
            best = Heard(next(iter(self._to_come()), -1), Likeness.NONE)
        if best.at >= 0:
            self._heard = best.at
            self._marks.append(Mark(best.at, self._said[best.at].at_us, when))
        return best

    def message(self) -> Message | None:
        """The next own message if it may go; None if there is none, or if it waits."""
        return None if self.next == len(self._said) or self._blocked(self.next) else self._said[self.next]

    def anchor(self) -> Mark:
        """What the next own message followed: the last message of the other end before it, or the beginning."""
        while self._marks and self._marks[0].at < self.next:
            self._last = self._marks.popleft()
        return self._last

    def sent(self) -> None:
        """The next own message went."""
        self.next = self._skipped(self.next + 1)

    def missing(self) -> Iterable[int]:
        """The places of the other end's messages that were never heard."""
        return self._to_come()

    def _skipped(self, at: int) -> int:
        """The first own message from a place on."""
        while at < len(self._said) and self._said.is_sent(at) != self._ours:
            at += 1
        return at

    def _blocked(self, at: int) -> bool:
        """True if one of the other end's messages before a place has not been heard."""
        return next(iter(self._to_come()), at) < at

    def _to_come(self) -> Iterable[int]:
        said, ours = self._said, self._ours
        return (at for at in range(self._heard + 1, len(said)) if said.is_sent(at) != ours)
