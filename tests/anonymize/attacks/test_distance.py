"""Gower's distance on rows small enough to see."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smartsandbox.anonymize.attacks.distance import nearest, ranks
from smartsandbox.anonymize.attacks.people import Floats

CATEGORY, NUMBER = np.array([False]), np.array([True])


def found(table: Floats, targets: Floats, numeric: NDArray[np.bool_], known: NDArray[np.bool_]) -> list[list[int]]:
    """The nearest rows of each target."""
    return [np.flatnonzero(row).tolist() for _, tied in nearest(targets, table, numeric, known) for row in tied]


def found_in(table: Floats, targets: Floats, numeric: NDArray[np.bool_]) -> list[list[int]]:
    """The nearest rows when every cell is known."""
    return found(table, targets, numeric, np.ones(targets.shape, np.bool_))


def test_ranks_are_the_share_of_values_below_and_half_of_those_equal() -> None:
    assert ranks(np.array([1.0, 5.0, 9.0, np.nan]), np.array([1.0, 5.0, 5.0, 7.0])) == pytest.approx(
        np.array([0.125, 0.5, 1.0, np.nan]), nan_ok=True
    )


def test_the_row_with_most_equal_categories_is_nearest() -> None:
    table = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    assert found_in(table[:2], np.array([[0.0, 1.0, 0.0]]), np.repeat(CATEGORY, 3)) == [[1]]


def test_only_what_is_known_of_a_target_is_compared() -> None:
    table, targets = np.array([[0.0, 7.0], [1.0, 8.0]]), np.array([[0.0, 8.0], [0.0, 8.0]])
    known = np.array([[True, False], [False, True]])
    assert found(table, targets, np.repeat(CATEGORY, 2), known) == [[0], [1]]
    assert found(table, targets, np.repeat(CATEGORY, 2), np.zeros_like(known)) == [[0, 1], [0, 1]]


def test_equally_near_rows_are_all_found() -> None:
    assert found_in(np.array([[1.0], [0.0], [1.0]]), np.array([[1.0]]), CATEGORY) == [[0, 2]]


def test_targets_come_in_blocks_in_order() -> None:
    table = np.arange(1000.0)[:, None]
    targets = np.arange(999.0, -1.0, -1.0)[:, None]
    known = np.ones(targets.shape, np.bool_)
    blocks = list(nearest(targets, table, NUMBER, known))
    assert len(blocks) > 1
    assert np.concatenate([targets[rows, 0] for rows, _ in blocks]).tolist() == targets[:, 0].tolist()
    assert found(table, targets, NUMBER, known) == [[at] for at in range(999, -1, -1)]


def test_two_missing_cells_are_alike_and_one_is_far_from_any_value() -> None:
    table = np.array([[0.5], [np.nan]])
    assert found_in(table, np.array([[np.nan], [0.1]]), NUMBER) == [[1], [0]]
