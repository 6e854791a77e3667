"""A backlog goes out at twice the schedule's own peak."""

import numpy as np
import pytest

from smartsandbox.replay_engine.drive.catch_up import CatchUp, busiest


@pytest.mark.parametrize(
    ("due", "most"), [([], 1), ([5.0], 1), ([0.0, 0.05, 0.0999, 0.1], 3), ([0.0, 1.0, 1.0, 1.0, 1.05], 4)]
)
def test_the_busiest_window_is_counted_wherever_it_starts(due: list[float], most: int) -> None:
    assert busiest(np.array(due), 0.1) == most


def sent(catch_up: CatchUp, start: float, seconds: float) -> list[float]:
    """When a backlog without an end goes out."""
    now, times = start, []
    while now < start + seconds:
        until = catch_up.wait(now)
        if until:
            assert until > now
            now = until
        else:
            times.append(now)
    return times


def test_a_burst_as_large_as_the_busiest_tenth_then_twice_its_rate() -> None:
    """128 requests/s: thirteen in a tenth of a second, so thirteen at once and then 260 a second."""
    times = sent(CatchUp(np.arange(1000) / 128), 3.0, 0.1)
    assert times[:13] == [3.0] * 13
    assert times[13:] == pytest.approx([3.0 + n / 260 for n in range(1, len(times) - 12)], abs=1e-6)
    assert len(times) == 13 + 25


def test_one_request_alone_has_its_place() -> None:
    catch_up = CatchUp(np.array([7.0]))
    assert catch_up.wait(9.0) == 0.0
    assert catch_up.wait(9.0) == pytest.approx(9.05)
