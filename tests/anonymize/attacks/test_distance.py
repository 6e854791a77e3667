"""Gower's distance on rows small enough to see."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.distance import nearest, ranks
from smartsandbox.anonymize.attacks.people import Floats

CATEGORY, NUMBER = np.array([False]), np.array([True])


def found_in(table: Floats, targets: Floats, numeric: NDArray[np.bool_]) -> list[int]:
    """The nearest rows when every cell is known."""
    return nearest(targets, table, numeric, np.ones(targets.shape, np.bool_), np.random.default_rng(1)).tolist()


def test_ranks_are_the_share_of_values_below_and_half_of_those_equal() -> None:
    assert ranks(np.array([1.0, 5.0, 9.0, np.nan]), np.array([1.0, 5.0, 5.0, 7.0])) == pytest.approx(
        np.array([0.125, 0.5, 1.0, np.nan]), nan_ok=True
    )


def test_the_row_with_most_equal_categories_is_nearest() -> None:
    table = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    assert found_in(table[:2], np.array([[0.0, 1.0, 0.0]]), np.repeat(CATEGORY, 3)) == [1]


def test_only_what_is_known_of_a_target_is_compared() -> None:
    table, targets = np.array([[0.0, 7.0], [1.0, 8.0]]), np.array([[0.0, 8.0], [0.0, 8.0]])
    known = np.array([[True, False], [False, True]])
    assert nearest(targets, table, np.repeat(CATEGORY, 2), known, np.random.default_rng(1)).tolist() == [0, 1]


def test_equally_near_rows_are_all_drawn() -> None:
    found = found_in(np.zeros((4, 1)), np.zeros((400, 1)), CATEGORY)
    assert np.bincount(found, minlength=4).min() > 60


def test_two_missing_cells_are_alike_and_one_is_far_from_any_value() -> None:
    table = np.array([[0.5], [np.nan]])
    assert found_in(table, np.array([[np.nan], [0.1]]), NUMBER) == [1, 0]
