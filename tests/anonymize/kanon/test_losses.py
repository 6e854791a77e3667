from __future__ import annotations

import numpy as np
import pytest

from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.losses import AverageClassSize, CertaintyPenalty, Discernibility, NonUniformEntropy
from smartsandbox.anonymize.kanon.objective import objective_of

SIZES = Classes(np.array([1, 3], np.int64))
CITY = Hierarchy.of("city", [["a", "ab", "*"], ["b", "ab", "*"], ["c", "c", "*"]])
COLUMN = CITY.column(["a", "b", "c", "c"])


def test_discernibility_charges_the_table_for_a_suppressed_class() -> None:
    assert Discernibility().of(SIZES, np.array([True, False])) == 4 + 9


def test_discernibility_is_bounded_by_publishing_every_class() -> None:
    assert Discernibility().bound(SIZES, 1) == 1 + 9


def test_average_class_size_counts_what_is_published() -> None:
    assert AverageClassSize(3).of(SIZES, np.array([True, False])) == 1
    assert AverageClassSize(3).bound(SIZES, 1) == pytest.approx(3 / (2 * 3))


def test_entropy_by_level_rises_from_nothing_to_everything() -> None:
    costs = [NonUniformEntropy().level_cost(COLUMN, CITY, level) for level in range(3)]
    assert costs == pytest.approx([0, 2, 4 + 2])


def test_certainty_penalty_by_level_is_the_share_each_label_covers() -> None:
    costs = [CertaintyPenalty().level_cost(COLUMN, CITY, level) for level in range(3)]
    assert costs == pytest.approx([0, 2 * 0.5, 4])


def test_an_objective_by_level_sums_over_attributes() -> None:
    objective = objective_of(CertaintyPenalty(), [COLUMN, COLUMN], [CITY, CITY])
    assert objective.costs is not None
    assert objective.costs.shape == (3, 3)
    assert objective.loss((1, 2), SIZES, np.zeros(2, np.bool_)) == pytest.approx(1 + 4)
