"""The course of one answer: when and how its bytes go out, as numbers that faults change and a plan is made from.

Times are microseconds from the request's first byte, as in `plan`. Changes to different fields do not disturb each
other, so the order in which faults make them does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from smartsandbox.replay_engine.plan import AT_ONCE, Close, Plan, Reset, SendBody, SendHead, Step, Wait

_PIECE_US = 50_000
_PIECES = 1_000
"""The most pieces that a body is sent in."""
_HEAD_PIECES = 10


@dataclass(frozen=True, slots=True)
class Course:
    """`first_us` and `last_us` are when head and body are due; an answer that does not send ends at `first_us`.

    The head takes `head_us` to send. The body goes at `bytes_per_second` and stops after `keep` bytes. `end` is how the
    connection ends, None if it stays.
    """

    first_us: int
    last_us: int
    sends: bool = True
    end: Reset | Close | None = None
    head_us: int = 0
    bytes_per_second: float = inf
    keep: int | None = None

    @staticmethod
    def of(plan: Plan) -> Course:
        """Of a plan that `plan_for` makes."""
        now = first = 0
        sends, end = False, None
        for step in plan:
            if isinstance(step, Wait):
                now = step.until_us
            elif isinstance(step, SendHead):
                first, sends = now, True
            elif isinstance(step, Reset | Close):
                end = step
        return Course(first if sends else now, now, sends, end)

    def plan(self, head: int, body: int) -> Plan:
        """The plan for a head and a body of so many bytes."""
        if not self.sends:
            return (*_wait(self.first_us), self.end or Close())
        size = body if self.keep is None else min(self.keep, body)
        steps = [*self._head(head), *self._body(size, whole=size == body)]
        plan = (*steps, self.end) if self.end is not None else tuple(steps)
        return AT_ONCE if plan == AT_ONCE else plan

    def _head(self, size: int) -> list[Step]:
        short = self.end is not None
        if self.head_us == 0:
            return [*_wait(self.first_us), SendHead(short)]
        steps: list[Step] = []
        for number in range(1, _HEAD_PIECES + 1):
            start, stop = size * (number - 1) // _HEAD_PIECES, size * number // _HEAD_PIECES
            steps += _wait(self.first_us + self.head_us * number // _HEAD_PIECES)
            steps.append(SendHead(short, start, None if number == _HEAD_PIECES else stop))
        return steps

    def _body(self, size: int, *, whole: bool) -> list[Step]:
        """No piece earlier than its bytes take after the head, the last not before it is due."""
        begun, due = self.first_us + self.head_us, self.last_us + self.head_us
        if self.bytes_per_second == inf:
            return [*_wait(due if due > begun else 0), SendBody(0, None if whole else size)]
        piece = max(1, int(self.bytes_per_second * _PIECE_US / 1e6), -(-size // _PIECES))
        steps: list[Step] = []
        for start in range(0, size, piece):
            stop = min(size, start + piece)
            at = begun + int(stop / self.bytes_per_second * 1e6)
            steps += (*_wait(at if stop < size else max(at, due)), SendBody(start, stop))
        return steps or [*_wait(due), SendBody(0, None if whole else 0)]


def _wait(until_us: int) -> Plan:
    return (Wait(until_us),) if until_us > 0 else ()
