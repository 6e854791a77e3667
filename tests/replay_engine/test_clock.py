"""Clocks call back once, in order, never early."""

import asyncio

from smartsandbox.replay_engine.clock import RealClock, VirtualClock
from smartsandbox.replay_engine.loop import run


def test_a_virtual_clock_runs_calls_in_order_of_their_time_each_at_its_own_time() -> None:
    clock, seen = VirtualClock(), []
    for name, when in (("late", 3.0), ("early", 1.0), ("also early", 1.0)):
        clock.call_at(when, lambda name=name: seen.append((name, clock.now())))
    clock.advance(2.0)
    assert seen == [("early", 1.0), ("also early", 1.0)]
    clock.advance(2.0)
    assert seen[2:] == [("late", 3.0)]


def test_a_cancelled_call_never_runs() -> None:
    clock, seen = VirtualClock(), []
    clock.call_at(1.0, lambda: seen.append(1)).cancel()
    clock.advance(5.0)
    assert seen == []


def test_a_call_may_add_another_that_is_already_due() -> None:
    clock, seen = VirtualClock(), []
    clock.call_at(1.0, lambda: clock.call_at(0.5, lambda: seen.append(clock.now())))
    clock.advance(1.0)
    assert seen == [1.0]


def test_the_real_clock_calls_back_in_order_and_not_before_the_time() -> None:
    async def work() -> list[tuple[int, bool]]:
        clock, seen = RealClock(), []
        start = clock.now()
        for number, when in ((2, start + 0.004), (1, start + 0.002), (0, start - 1)):
            clock.call_at(when, lambda number=number, when=when: seen.append((number, clock.now() >= when)))
        await clock.sleep_until(start + 0.006)
        clock.close()
        return seen

    assert run(work()) == [(0, True), (1, True), (2, True)]


def test_the_standard_event_loop_does_as_well_as_uvloop() -> None:
    async def work() -> bool:
        clock = RealClock()
        when = clock.now() + 0.002
        await clock.sleep_until(when)
        clock.close()
        return clock.now() >= when

    assert asyncio.run(work())
