"""Weights in the place of a draw among equals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.attacks.base import evenly


@pytest.mark.parametrize(
    ("ranks", "most", "weights"),
    [
        ([3, 1, 2], 5, [1, 1, 1]),
        ([3, 1, 2], 2, [0, 1, 1]),
        ([1, 2, 2, 2, 9], 3, [1, 2 / 3, 2 / 3, 2 / 3, 0]),
        ([4, 4], 1, [0.5, 0.5]),
        ([4, 5], 0, [0, 0]),
        ([], 3, []),
    ],
)
def test_the_lowest_ranks_count_whole_and_the_last_that_fit_share(
    ranks: list[int], most: int, weights: list[float]
) -> None:
    assert evenly(ranks, most).tolist() == pytest.approx(weights)


@given(st.lists(st.integers(0, 5)), st.integers(0, 9))
def test_weights_add_up_to_what_is_asked_and_a_lower_rank_never_weighs_less(ranks: list[int], most: int) -> None:
    weights = evenly(ranks, most)
    assert weights.sum() == pytest.approx(min(most, len(ranks)))
    assert (np.diff(weights[np.argsort(ranks, kind="stable")]) <= 0).all()
