"""A common start."""

import asyncio

import pytest

from smartsandbox.packs.errors import InconclusiveError, UsageError
from smartsandbox.replay_engine.clock import VirtualClock, utc_now
from smartsandbox.replay_engine.drive.barrier import At, parse_instant


@pytest.mark.parametrize(
    "text", ["1900000000", "2030-03-17T17:46:40Z", "2030-03-17T17:46:40", "2030-03-17T18:46:40+01:00"]
)
def test_an_instant_is_unix_seconds_or_a_time_of_day(text: str) -> None:
    assert parse_instant(text) == 1_900_000_000


@pytest.mark.parametrize("text", ["tomorrow", "nan", "inf", ""])
def test_no_other_text_is(text: str) -> None:
    with pytest.raises(UsageError, match="start"):
        parse_instant(text)


def test_the_instant_is_a_time_of_the_monotonic_clock() -> None:
    clock = VirtualClock(100.0)
    found = asyncio.run(At(utc_now().timestamp() + 50).start(clock, lambda: None))
    assert 149 < found <= 150


def test_a_worker_that_comes_after_the_start_does_not_begin() -> None:
    with pytest.raises(InconclusiveError, match="too late"):
        asyncio.run(At(utc_now().timestamp() - 3).start(VirtualClock(), lambda: None))
