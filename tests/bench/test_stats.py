"""Medians, ratios, lateness and distances, with answers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.stats import between, count_error, ks, lateness, middle, ratio, runs, since_start


def test_the_middle_of_nothing_is_not_a_number_that_was_measured() -> None:
    assert middle([]) is None
    assert middle([3.0, 1.0, 2.0]) == 2.0


@pytest.mark.parametrize(
    ("one", "other", "expected"), [(6.0, 3.0, 2.0), (None, 3.0, None), (6.0, None, None), (6.0, 0.0, None)]
)
def test_a_ratio_needs_both_of_its_sides(one: float | None, other: float | None, expected: float | None) -> None:
    assert ratio(one, other) == expected


def test_arrivals_on_their_schedule_are_not_late_whatever_the_clocks_zero() -> None:
    due = np.arange(2000) / 1000
    late = lateness(due + 123.0, due)
    assert late is not None
    assert late.worst == pytest.approx(0.0, abs=1e-6)
    assert late.rate == pytest.approx(1000.0)


def test_one_percent_of_late_arrivals_shows_above_the_99th_percentile_only() -> None:
    due = np.arange(1000) / 100
    came = due.copy()
    came[990:995] += 0.007
    late = lateness(came, due, skip=0.0)
    assert late is not None
    assert late.p99 == pytest.approx(0.0, abs=1e-6)
    assert late.worst == pytest.approx(7.0)


def test_a_generator_that_falls_behind_shows_a_lower_rate_and_growing_lateness() -> None:
    due = np.arange(1000) / 1000
    late = lateness(due * 1.1, due, skip=0.0)
    assert late is not None
    assert late.rate == pytest.approx(1000 / 1.1)
    assert late.worst == pytest.approx(99.9 - 0.4, abs=0.2)


def test_lateness_is_not_guessed_where_requests_are_missing() -> None:
    assert lateness(np.arange(99) / 10, np.arange(100) / 10) is None


def test_one_early_packet_does_not_shift_the_start() -> None:
    due = np.arange(1000) / 1000
    came = due + 5.0
    came[0] -= 0.5
    assert since_start(came, due)[1:] == pytest.approx(0.0, abs=1e-9)


def test_growth_between_two_moments_is_interpolated() -> None:
    samples = [(0.0, 0.0), (1.0, 10.0), (2.0, 30.0)]
    assert between(samples, 0.5, 1.5) == pytest.approx(15.0)


def test_growth_beyond_the_samples_is_not_guessed() -> None:
    assert between([(0.0, 0.0), (1.0, 10.0)], 0.5, 1.5) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [([1, 2, 3, 4], [1, 2, 3, 4], 0.0), ([1, 2], [3, 4], 1.0), ([1, 2, 3, 4], [1, 2, 3, 9], 0.25)],
)
def test_the_largest_gap_of_two_distribution_functions(one: list[int], other: list[int], expected: float) -> None:
    assert ks(np.array(one, float), np.array(other, float)) == expected


def test_no_sample_has_no_distance() -> None:
    assert math.isnan(ks(np.zeros(0), np.ones(1)))


@given(st.lists(st.floats(0, 100), min_size=1), st.lists(st.floats(0, 100), min_size=1))
def test_the_distance_is_symmetric_and_between_0_and_1(one: list[float], other: list[float]) -> None:
    there, back = ks(np.array(one), np.array(other)), ks(np.array(other), np.array(one))
    assert there == back
    assert 0 <= there <= 1


def test_a_request_that_moves_to_the_next_second_counts_in_both() -> None:
    assert count_error(np.array([0.1, 0.9, 1.5]), np.array([0.1, 1.0, 1.5])) == pytest.approx(2 / 3)


def test_counts_of_requests_that_never_came_are_an_error_too() -> None:
    assert count_error(np.array([0.1, 5.0]), np.array([0.1])) == 0.5


def test_runs_are_lengths_of_errors_in_a_row() -> None:
    assert runs(np.array([True, True, False, True, False])).tolist() == [2.0, 1.0]
