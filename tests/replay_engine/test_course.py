"""Courses and the plans that they become, by hand; and that no change makes bytes leave early or out of order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.model import FailureKind
from smartsandbox.replay_engine.course import Course
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
    plan_for,
)

TWO = (Wait(100), SendHead(), Wait(300), SendBody())


@pytest.mark.parametrize("kind", [None, *FailureKind])
@pytest.mark.parametrize("status", [200, -1])
@pytest.mark.parametrize("times", [(100, 300), (100, 100), (-1, 300), (0, 0)])
def test_a_plan_comes_back_from_its_course(kind: FailureKind | None, status: int, times: tuple[int, int]) -> None:
    plan = plan_for(Recorded(status if kind else 200, *times, kind), Scaled(1.0), 900)

    assert Course.of(plan).plan(50, 1000) == plan
    assert (Course.of(plan).plan(50, 1000) is AT_ONCE) == (plan == AT_ONCE)


@pytest.mark.parametrize(
    ("changed", "plan"),
    [
        ({"first_us": 150, "last_us": 350}, (Wait(150), SendHead(), Wait(350), SendBody())),
        ({"sends": False, "end": Reset()}, (Wait(100), Reset())),
        ({"end": Close(), "keep": 3}, (Wait(100), SendHead(short=True), Wait(300), SendBody(0, 3), Close())),
        (
            {"bytes_per_second": 100.0},
            (Wait(100), SendHead(), Wait(50_100), SendBody(0, 5), Wait(100_100), SendBody(5, 10)),
        ),
        ({"bytes_per_second": 1e9}, (Wait(100), SendHead(), Wait(300), SendBody(0, 10))),
    ],
)
def test_changes_by_hand(changed: dict[str, object], plan: Plan) -> None:
    assert replace(Course.of(TWO), **changed).plan(20, 10) == plan  # type: ignore[arg-type]


def test_a_slow_head_comes_in_ten_pieces_and_the_body_after_it() -> None:
    plan = replace(Course.of(TWO), head_us=1000).plan(25, 10)

    heads = [step for step in plan if isinstance(step, SendHead)]
    assert [(head.start, head.stop) for head in heads[:2]] == [(0, 2), (2, 5)]
    assert (len(heads), heads[-1]) == (10, SendHead(start=22))
    assert plan[0] == Wait(200)
    assert plan[-4:] == (Wait(1100), SendHead(start=22), Wait(1300), SendBody())


@given(
    first=st.integers(0, 10**6),
    more=st.integers(0, 10**6),
    head_us=st.integers(0, 10**6),
    rate=st.floats(1, 1e9),
    keep=st.none() | st.integers(0, 5000),
    end=st.sampled_from([None, Close(), Reset()]),
    size=st.integers(0, 5000),
)
def test_bytes_leave_once_in_order_and_never_early(
    first: int, more: int, head_us: int, rate: float, keep: int | None, end: Reset | Close | None, size: int
) -> None:
    course = Course(first, first + more, True, end, head_us, rate, keep)
    now, head, body, parts = 0, 0, 0, 0
    for step in course.plan(200, size):
        if isinstance(step, Wait):
            assert step.until_us > now or step.until_us == 0 or step.until_us >= now
            now = step.until_us
        elif isinstance(step, SendHead):
            assert step.start == head
            assert now >= first
            head = 200 if step.stop is None else step.stop
        elif isinstance(step, SendBody):
            assert (step.start, head) == (body, 200)
            body, parts = size if step.stop is None else step.stop, parts + 1
            assert now >= first + head_us + (body / rate * 1e6 - 1 if body else 0)
    assert (head, body) == (200, min(size, keep) if keep is not None else size)
    assert parts <= 1001
    assert body == 0 or now >= first + more + head_us
