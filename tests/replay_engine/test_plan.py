"""Plans from recorded times and endings."""

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import FailureKind
from smartsandbox.replay_engine.plan import (
    AT_ONCE,
    Close,
    Plan,
    Recorded,
    Reset,
    Scaled,
    SendBody,
    SendHead,
    Wait,
    latency_named,
    plan_for,
)

HOLD = 9_000_000


@pytest.mark.parametrize(
    ("recorded", "factor", "plan"),
    [
        (Recorded(200, 100, 300, None), 1, (Wait(100), SendHead(), Wait(300), SendBody())),
        (Recorded(200, 100, 300, None), 2, (Wait(200), SendHead(), Wait(600), SendBody())),
        (Recorded(200, 100, 300, None), 0, AT_ONCE),
        (Recorded(200, 100, 100, None), 1, (Wait(100), SendHead(), SendBody())),
        (Recorded(200, -1, 300, None), 1, (Wait(300), SendHead(), SendBody())),
        (Recorded(200, 100, -1, None), 1, (Wait(100), SendHead(), SendBody())),
        (Recorded(200, -1, -1, None), 1, AT_ONCE),
        (Recorded(-1, -1, 50, FailureKind.RESET), 1, (Wait(50), Reset())),
        (Recorded(-1, -1, 50, FailureKind.CONNECT), 1, (Reset(),)),
        (Recorded(-1, -1, 50, FailureKind.TIMEOUT), 1, (Wait(HOLD), Close())),
        (Recorded(-1, -1, 50, FailureKind.UNANSWERED), 0, (Close(),)),
        (
            Recorded(200, 10, 20, FailureKind.TRUNCATED),
            1,
            (Wait(10), SendHead(short=True), Wait(20), SendBody(), Close()),
        ),
        (Recorded(200, 10, 20, FailureKind.RESET), 0, (SendHead(short=True), SendBody(), Reset())),
    ],
)
def test_a_plan_repeats_what_was_recorded(recorded: Recorded, factor: float, plan: Plan) -> None:
    assert plan_for(recorded, Scaled(factor), HOLD) == plan


@pytest.mark.parametrize(("name", "factor"), [("recorded", 1.0), ("none", 0.0), ("x2", 2.0), ("x0.5", 0.5)])
def test_latency_modes_are_named_on_the_command_line(name: str, factor: float) -> None:
    assert latency_named(name) == Scaled(factor)


@pytest.mark.parametrize("name", ["", "x", "2", "x-1", "xnan", "xinf", "fast"])
def test_an_unknown_latency_mode_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="latency"):
        latency_named(name)
