from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.server.service.curve import curve_of


@pytest.mark.parametrize(
    ("counts", "points", "step", "rates", "peak"),
    [
        ([(0, 4.0), (1, 2.0), (3, 6.0)], 10, 1.0, [4.0, 2.0, 0.0, 6.0], 6.0),
        ([(0, 4.0), (1, 2.0), (3, 6.0)], 2, 2.0, [3.0, 3.0], 6.0),
        ([(0, 4.0), (4, 5.0)], 2, 3.0, [4 / 3, 2.5], 5.0),
        ([], 5, 1.0, [0.0], 0.0),
    ],
)
def test_a_curve_averages_whole_steps(
    counts: list[tuple[int, float]], points: int, step: float, rates: list[float], peak: float
) -> None:
    curve = curve_of(counts, points)
    assert (curve.step_s, curve.rates, curve.peak) == (step, rates, peak)


@given(st.dictionaries(st.integers(0, 5000), st.integers(1, 90), min_size=1), st.integers(2, 60))
def test_a_curve_loses_no_exchange_and_keeps_to_its_points(counts: dict[int, int], points: int) -> None:
    curve = curve_of(((second, float(count)) for second, count in counts.items()), points)
    assert len(curve.rates) <= points
    seconds = max(counts) + 1
    lengths = [min(curve.step_s, seconds - index * curve.step_s) for index in range(len(curve.rates))]
    total = sum(rate * length for rate, length in zip(curve.rates, lengths, strict=True))
    assert math.isclose(total, sum(counts.values()))
