from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.demo.day import CURVE, in_incident, moments


@pytest.mark.parametrize(("part", "inside"), [(0.65, False), (0.66, True), (0.73, True), (0.74, False)])
def test_the_incident_is_half_open(part: float, inside: bool) -> None:
    assert in_incident(part) is inside


@given(st.integers(), st.integers(0, 300))
def test_moments_ascend_within_the_day_and_are_as_many_as_asked(seed: int, count: int) -> None:
    found = moments(Random(seed), count)
    assert len(found) == count
    assert found == sorted(found)
    assert all(0 <= moment <= 1 for moment in found)


def test_the_peak_is_several_times_the_night() -> None:
    found = moments(Random(1), 20_000)
    night = sum(moment < 0.11 for moment in found)
    peak = sum(0.45 <= moment < 0.56 for moment in found)
    assert peak / night == pytest.approx(2.0 / 0.35, rel=0.1)


def test_the_curve_spans_the_day() -> None:
    assert (CURVE[0][0], CURVE[-1][0]) == (0.0, 1.0)
