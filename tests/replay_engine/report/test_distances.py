"""Distances against answers worked by hand, and against SciPy where it is installed."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.report.distances import count_error, ks, runs, total_variation, wasserstein


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


@pytest.mark.parametrize(
    ("one", "other", "distance", "area"),
    [
        (floats(1, 2, 3), floats(1, 2, 3), 0.0, 0.0),
        (floats(1, 2), floats(3, 4), 1.0, 2.0),
        (floats(0, 1), floats(0, 3), 0.5, 1.0),
        (floats(0, 0, 0, 4), floats(0), 0.25, 1.0),
    ],
)
def test_samples_by_hand(one: np.ndarray, other: np.ndarray, distance: float, area: float) -> None:
    assert ks(one, other) == pytest.approx(distance)
    assert wasserstein(one, other) == pytest.approx(area)


def test_without_a_sample_there_is_no_distance() -> None:
    assert np.isnan(ks(floats(), floats(1)))
    assert np.isnan(wasserstein(floats(1), floats()))
    assert np.isnan(total_variation({}, {"200": 1}))


SAMPLES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40).map(lambda values: np.array(values))


@given(SAMPLES, SAMPLES)
def test_samples_as_scipy_has_them(one: np.ndarray, other: np.ndarray) -> None:
    stats = pytest.importorskip("scipy.stats")
    with warnings.catch_warnings(action="ignore"):  # of the p-value, which is not asked for
        statistic = stats.ks_2samp(one, other).statistic
    assert ks(one, other) == pytest.approx(statistic)
    assert wasserstein(one, other) == pytest.approx(stats.wasserstein_distance(one, other), abs=1e-6)


def test_total_variation_by_hand() -> None:
    assert total_variation({"200": 90, "500": 10}, {"200": 8, "500": 2}) == pytest.approx(0.1)
    assert total_variation({"200": 1}, {"404": 5}) == 1.0


def test_counts_by_bin_may_differ_in_length() -> None:
    assert count_error(np.array([5, 5]), np.array([5, 4, 1])) == pytest.approx(0.2)


def test_runs_of_errors_by_hand() -> None:
    assert runs(np.array([True, True, False, True, False, False, True])).tolist() == [2, 1, 1]
    assert runs(np.array([], bool)).tolist() == []
