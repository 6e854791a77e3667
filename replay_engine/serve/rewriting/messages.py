"""Times in the messages of a WebSocket, by the clock that its session had when it was opened.

The handshake's answer tells that clock, since with several workers another process may have made it. Tokens in
messages stay as they were recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from smartsandbox.packs.model import Message, MessageKind
from smartsandbox.replay_engine.json_spans import spliced
from smartsandbox.replay_engine.moments import SECOND
from smartsandbox.replay_engine.serve.head import value_of
from smartsandbox.replay_engine.serve.rewriting.clock import ClockEdits, Shift, times_in
from smartsandbox.replay_engine.serve.rewriting.requests import written
from smartsandbox.replay_engine.virtual_time import VirtualTime

_SETTING = re.compile(rb"[^;]*; virtual_us=(-?\d{1,18}); real_us=(\d{1,18}); rate=([0-9.e+-]{1,24})")


def setting(clock: VirtualTime) -> bytes:
    """What a handshake's X-Sandbox-Clock says after the time."""
    return b"; virtual_us=%d; real_us=%d; rate=%s" % (clock.virtual_us, clock.real_us, repr(clock.rate).encode())


def clock_in(head: bytes) -> VirtualTime | None:
    """The clock that a handshake's answer tells; None for one without."""
    found = _SETTING.fullmatch(value_of(head, b"x-sandbox-clock") or b"")
    return VirtualTime(int(found[1]), int(found[2]), float(found[3])) if found else None


@dataclass(frozen=True, slots=True)
class MessageTimes:
    """Of one conversation, opened by a row's answer; `now` tells microseconds since 1970 outside."""

    times: ClockEdits
    clock: VirtualTime
    row: int
    now: Callable[[], int]

    @property
    def rate(self) -> float:
        """How fast recorded distances pass; a clock that stands still leaves them as they are."""
        return self.clock.rate or 1.0

    def moved(self, message: Message) -> Message:
        """A message of the server with its dates moved as those of an answer are."""
        if message.kind is not MessageKind.TEXT:
            return message
        now = self.clock.now(self.now())
        exact = (now - self.times.recorded_at(self.row) - message.at_us) // SECOND * SECOND
        shift = Shift(self.times.whole(self.clock, now), exact)
        changes = self.times.moved(message.payload, times_in(message.payload), shift, self.clock.rate)
        return replace(message, payload=spliced(message.payload, changes)) if changes else message

    def back(self, payload: bytes) -> bytes:
        """What the client said, with its dates moved back into the recording; the lives of tokens stay."""
        whole = self.times.whole(self.clock, self.clock.now(self.now()))
        changes = {
            (start, end): written(at.shifted(-whole), payload[start:end])
            for (start, end), at in times_in(payload).dates
            if not at.expiry and self.times.near(replace(at, us=at.us - whole))
        }
        return spliced(payload, changes) if changes else payload
