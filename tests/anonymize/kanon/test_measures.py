from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.kanon.classes import SUPPRESSED
from smartsandbox.anonymize.kanon.measures import (
    average_class_size,
    discernibility,
    interval_entropy,
    ncp,
    non_uniform_entropy,
)
from smartsandbox.anonymize.kanon.table import Column, Table

AGES = Column.numeric("age", ["20", "30", "60", "60"])
CITIES = Column.category("city", ["a", "b", "c", "c"])


def test_ncp_is_the_mean_share_of_the_domain_that_classes_cover() -> None:
    labels = np.array([0, 0, 1, 1])
    # Age: 10 of 40 for two rows, 0 for two. City: one step of two for two rows, 0 for two.
    assert ncp(Table((AGES, CITIES)), labels) == pytest.approx(((0.25 * 2) / 4 + (0.5 * 2) / 4) / 2)


def test_ncp_of_one_class_is_one_and_of_single_rows_zero() -> None:
    assert ncp(Table((AGES, CITIES)), np.zeros(4, np.int64)) == 1
    assert ncp(Table((AGES, CITIES)), np.arange(4)) == 0


def test_a_suppressed_row_covers_the_whole_domain() -> None:
    assert ncp(Table((AGES,)), np.array([0, SUPPRESSED, 1, 1])) == pytest.approx(1 / 4)


def test_an_attribute_of_one_value_has_nothing_to_lose() -> None:
    assert ncp(Table((Column.category("a", ["x", "x"]),)), np.zeros(2, np.int64)) == 0


def test_ncp_of_nobody_is_zero() -> None:
    assert ncp(Table(()), np.zeros(0, np.int64)) == 0


def test_discernibility_squares_classes_and_charges_the_table_for_each_suppressed_row() -> None:
    assert discernibility(np.array([2, 3]), 4, 9) == 4 + 9 + 4 * 9


def test_average_class_size_is_relative_to_k() -> None:
    assert average_class_size(np.array([4, 6]), 5) == 1
    assert average_class_size(np.zeros(0, np.int64), 5) == math.inf


def test_non_uniform_entropy_counts_the_bits_taken_from_every_cell() -> None:
    # Values a, a, b, c; b and c become one value of frequency 2: one bit each.
    assert non_uniform_entropy(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1])) == pytest.approx(2)


def test_non_uniform_entropy_of_an_unchanged_column_is_zero() -> None:
    assert non_uniform_entropy(np.array([0, 2, 2]), np.array([5, 1, 1])) == 0
    assert non_uniform_entropy(np.zeros(0, np.int64), np.zeros(0, np.int64)) == 0


def test_a_rare_value_costs_more_than_a_frequent_one() -> None:
    # f(a)=3, f(b)=1, all become one value of frequency 4.
    assert non_uniform_entropy(np.array([0, 0, 0, 1]), np.zeros(4, np.int64)) == pytest.approx(3 * math.log2(4 / 3) + 2)


def test_entropy_of_overlapping_intervals_is_that_worked_out_by_hand() -> None:
    column = Column.numeric("n", ["1", "2", "2", "3"])
    # 1 and one 2 are published as 1..2, where 3 rows lie: log2(3) and log2(3/2). The other 2 and 3 as 2..3, likewise.
    expected = 2 * (math.log2(3) + math.log2(3 / 2))
    assert interval_entropy(column, np.array([0, 0, 1, 1])) == pytest.approx(expected)
    # The other two are suppressed: each covers all four rows.
    assert interval_entropy(column, np.array([0, 0, SUPPRESSED, SUPPRESSED])) == pytest.approx(expected / 2 + 1 + 2)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 5))
def test_where_intervals_do_not_overlap_both_entropies_agree(numbers: list[int], width: int) -> None:
    column = Column.numeric("n", list(map(str, numbers)))
    labels = np.array([number // width for number in numbers])
    assert interval_entropy(column, labels) == pytest.approx(non_uniform_entropy(column.codes, labels))
