"""A plan: what to do on the wire for one exchange, as a value that an executor carries out.

Waits are absolute, in microseconds from the request's first byte, so that delays do not add up. Latency, faults and
scenarios change plans; they never touch a socket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import FailureKind


@dataclass(frozen=True, slots=True)
class Wait:
    """Go on once `until_us` microseconds have passed since the request's first byte."""

    until_us: int


@dataclass(frozen=True, slots=True)
class SendHead:
    """Send the status line and headers, or the part of them from `start` up to `stop`, which is None in the last part.

    `short` declares a longer body than will be sent. HTTP/2 sends all with the last part.
    """

    short: bool = False
    start: int = 0
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class SendBody:
    """Send the body, or the part of it from `start` up to `stop`; parts come in order."""

    start: int = 0
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """Break the connection with a TCP reset."""


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection in the ordinary way."""


Step = Wait | SendHead | SendBody | Reset | Close
Plan = tuple[Step, ...]

AT_ONCE: Plan = (SendHead(), SendBody())
"""The plan of an answer without delay or fault."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the pack knows of how one exchange went; times in microseconds, -1 where unknown."""

    status: int
    ttfb_us: int
    total_us: int
    failure: FailureKind | None


class Latency(Protocol):
    """How long a served exchange takes."""

    def times(self, recorded: Recorded) -> tuple[int, int]:
        """Microseconds to the first byte and to the last, 0 <= first <= last."""
        ...

    def hold(self, bound_us: int) -> int:
        """Microseconds for which a request is held that was never answered, at most `bound_us`."""
        ...


@dataclass(frozen=True, slots=True)
class Scaled:
    """The recorded times times a factor: 1 for as recorded, 0 for none."""

    factor: float = 1.0

    def times(self, recorded: Recorded) -> tuple[int, int]:
        """An unknown first byte came with the last; an unknown last byte came with the first."""
        total = max(recorded.total_us, recorded.ttfb_us, 0)
        first = recorded.ttfb_us if recorded.ttfb_us >= 0 else total
        return int(first * self.factor), int(total * self.factor)

    def hold(self, bound_us: int) -> int:
        """As long as may be, since the recorded client gave up first; not at all where there is no latency."""
        return bound_us if self.factor > 0 else 0


def latency_named(name: str) -> Scaled:
    """`recorded`, `none`, or a factor such as `x2` or `x0.5`. Raises UsageError."""
    named = {"recorded": 1.0, "none": 0.0}
    if name in named:
        return Scaled(named[name])
    try:
        factor = float(name.removeprefix("x"))
    except ValueError:
        factor = -1.0
    if not 0 <= factor < 1e6 or not name.startswith("x"):
        raise UsageError(
            f"latency {name!r} is not one of: recorded, fitted, loaded, none, or a factor such as x2 or x0.5"
        )
    return Scaled(factor)


def plan_for(recorded: Recorded, latency: Latency, hold_us: int) -> Plan:
    """The plan of a recorded exchange. One that was never answered is held open for `hold_us`, then closed."""
    first, total = latency.times(recorded)
    if recorded.failure is not None:
        return _failing(recorded, recorded.failure, first, total, latency.hold(hold_us))
    return answered(first, total)


def answered(first: int, total: int) -> Plan:
    """The plan of a complete answer: microseconds to its first byte and to its last."""
    if total <= 0:
        return AT_ONCE
    return (*_wait(first), SendHead(), *_wait(total if total > first else 0), SendBody())


def _failing(recorded: Recorded, kind: FailureKind, first: int, total: int, hold_us: int) -> Plan:
    if kind is FailureKind.CONNECT:
        return (Reset(),)
    end: Step = Reset() if kind is FailureKind.RESET else Close()
    if recorded.status >= 0:
        return (*_wait(first), SendHead(short=True), *_wait(total if total > first else 0), SendBody(), end)
    if kind in (FailureKind.TIMEOUT, FailureKind.UNANSWERED):
        return (*_wait(hold_us), end)
    return (*_wait(total), end)


def _wait(until_us: int) -> Plan:
    return (Wait(until_us),) if until_us > 0 else ()
