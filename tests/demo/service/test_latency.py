from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.demo.service.latency import Latency, stretch


@pytest.mark.parametrize(("in_flight", "times"), [(1, 1.0), (8, 2.0), (15, 5.0), (500, 5.0)])
def test_the_stretch_is_a_queues(in_flight: int, times: float) -> None:
    assert stretch(in_flight) == pytest.approx(times)


def test_the_median_of_one_alone_is_the_endpoints() -> None:
    latency = Latency(3)
    assert median(latency.seconds(20.0, number, 1) for number in range(2000)) == pytest.approx(0.020, rel=0.05)


@given(st.integers(), st.integers(0, 10**9), st.integers(1, 1000))
def test_a_draw_repeats_and_stays_within_bounds(seed: int, number: int, in_flight: int) -> None:
    taken = Latency(seed).seconds(30.0, number, in_flight)
    assert 0 < taken <= 0.15
    assert taken == Latency(seed).seconds(30.0, number, in_flight)
    assert taken <= Latency(seed).seconds(30.0, number, in_flight + 1)
