"""A quantile is followed in small steps and stays in its bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.quantile import Quantile


def test_steps_are_in_the_proportion_of_values_above_and_below() -> None:
    found = Quantile(0.75, most=10.0, step=1.0)
    steps = []
    for value in (5.0, 5.0, 5.0, 6.5, 6.5):
        found.learn(value)
        steps.append(found.value)
    assert steps == [3.0, 6.0, 5.0, 8.0, 7.0]


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_it_comes_to_numpys_quantile_of_what_it_saw(share: float) -> None:
    values = np.random.default_rng(7).gamma(2.0, 1.0, 20_000)
    found, seen = Quantile(share, most=100.0, step=0.005), []
    for value in values.tolist():
        found.learn(value)
        seen.append(found.value)
    assert np.mean(seen[10_000:]) == pytest.approx(np.quantile(values, share), rel=0.05)


@given(st.lists(st.floats(-1e6, 1e6)), st.floats(0.1, 0.95), st.floats(0, 10))
def test_it_stays_in_its_bounds(values: list[float], share: float, most: float) -> None:
    found = Quantile(share, most, step=3.0)
    for value in values:
        found.learn(value)
        assert 0.0 <= found.value <= most
