"""The executor of plans: carries out one answer's steps on a wire, and waits on the clock between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from smartsandbox.replay_engine.clock import Call, Clock
from smartsandbox.replay_engine.plan import Close, Reset, SendBody, SendHead, Wait
from smartsandbox.replay_engine.serve.answer import Answer


class Wire(Protocol):
    """What an executor does to a connection, or to one stream of it."""

    def head(self, data: bytes) -> None:
        """Send a status line and headers, or a part of them; their blank line ends the last part."""
        ...

    def body(self, data: bytes) -> None:
        """Send bytes of the body."""
        ...

    def reset(self) -> None:
        """Break it off: a TCP reset, or RST_STREAM."""
        ...

    def close(self) -> None:
        """Close after what was written has been sent."""
        ...


class Delivery:
    """One answer on its way. `done` is called after the last step, unless the wire was ended by a step."""

    __slots__ = ("_answer", "_at", "_begun", "_call", "_clock", "_done", "_wire")

    def __init__(self, answer: Answer, begun: float, wire: Wire, clock: Clock, done: Callable[[Answer], None]) -> None:
        self._answer, self._begun, self._wire, self._clock, self._done = answer, begun, wire, clock, done
        self._at = 0
        self._call: Call | None = None

    def run(self) -> None:
        """Go on from where it stands, up to the next wait or the end."""
        plan = self._answer.plan
        while self._at < len(plan):
            step = plan[self._at]
            self._at += 1
            if isinstance(step, Wait):
                due = self._begun + step.until_us / 1e6
                if due > self._clock.now():
                    self._call = self._clock.call_at(due, self.run)
                    return
            elif isinstance(step, SendHead):
                self._wire.head(self._answer.head[step.start : step.stop])
            elif isinstance(step, SendBody):
                self._wire.body(self._answer.body[step.start : step.stop])
            else:
                self._end(step)
                return
        self._done(self._answer)

    def _end(self, step: Reset | Close) -> None:
        if isinstance(step, Reset):
            self._wire.reset()
        else:
            self._wire.close()

    def cancel(self) -> None:
        """Do nothing more."""
        if self._call is not None:
            self._call.cancel()
