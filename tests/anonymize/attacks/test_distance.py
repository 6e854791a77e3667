"""Gower's distance on rows small enough to see."""

from __future__ import annotations

import numpy as np
import pytest

from smartsandbox.anonymize.attacks.distance import nearest, ranks

CATEGORY, NUMBER = np.array([False]), np.array([True])


def test_ranks_are_the_share_of_values_below_and_half_of_those_equal() -> None:
    assert ranks(np.array([1.0, 5.0, 9.0, np.nan]), np.array([1.0, 5.0, 5.0, 7.0])) == pytest.approx(
        np.array([0.125, 0.5, 1.0, np.nan]), nan_ok=True
    )


def test_the_row_with_most_equal_categories_is_nearest() -> None:
    table = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    found = nearest(np.array([[0.0, 1.0, 0.0]]), table[:2], np.repeat(CATEGORY, 3), np.random.default_rng(1))
    assert found.tolist() == [1]


def test_equally_near_rows_are_all_drawn() -> None:
    targets = np.zeros((400, 1))
    found = nearest(targets, np.zeros((4, 1)), CATEGORY, np.random.default_rng(1))
    assert np.bincount(found, minlength=4).min() > 60


def test_two_missing_cells_are_alike_and_one_is_far_from_any_value() -> None:
    table = np.array([[0.5], [np.nan]])
    found = nearest(np.array([[np.nan], [0.1]]), table, NUMBER, np.random.default_rng(1))
    assert found.tolist() == [1, 0]
