from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from smartsandbox.anonymize.kanon.mondrian import mondrian


def test_eight_people_on_a_line_fall_into_two_groups_of_four() -> None:
    codes = np.array([[1.0], [2.0], [3.0], [4.0], [11.0], [12.0], [13.0], [14.0]])
    assert sorted(sorted(group.tolist()) for group in mondrian(codes, 4)) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_equal_values_are_never_parted() -> None:
    codes = np.array([[1.0], [2.0], [2.0], [2.0], [2.0], [3.0]])
    assert len(mondrian(codes, 3)) == 1


def test_fewer_than_k_give_no_group() -> None:
    assert mondrian(np.zeros((3, 2)), 4) == []


@given(
    arrays(np.float64, st.tuples(st.integers(1, 60), st.integers(1, 4)), elements=st.integers(0, 9)), st.integers(2, 7)
)
def test_every_row_is_in_exactly_one_group_of_at_least_k(codes: np.ndarray, k: int) -> None:  # type: ignore[type-arg]
    groups = mondrian(codes, k)
    placed = sorted(index for group in groups for index in group.tolist())
    assert placed == (list(range(len(codes))) if len(codes) >= k else [])
    assert all(len(group) >= k for group in groups)
