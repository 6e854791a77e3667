from __future__ import annotations

import pytest

from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.packs.errors import UsageError

CITIES = [["Rome", "Italy", "*"], ["Paris", "France", "*"], ["Milan", "Italy", "*"]]


def test_leaves_under_one_parent_stand_together() -> None:
    hierarchy = Hierarchy.of("city", CITIES)
    assert hierarchy.labels == (("Rome", "Milan", "Paris"), ("Italy", "France"), ("*",))
    assert [level.tolist() for level in hierarchy.maps] == [[0, 1, 2], [0, 0, 1], [0, 0, 0]]


def test_a_code_is_lifted_from_any_level_to_any_above() -> None:
    hierarchy = Hierarchy.of("city", CITIES)
    assert hierarchy.lift(0, 1).tolist() == [0, 0, 1]
    assert hierarchy.lift(1, 2).tolist() == [0, 0]
    assert hierarchy.lift(1, 1).tolist() == [0, 1]


def test_a_restricted_hierarchy_knows_only_the_values_that_occur() -> None:
    restricted = Hierarchy.of("city", CITIES).restrict(["Milan", "Paris"])
    assert restricted.labels == (("Milan", "Paris"), ("Italy", "France"), ("*",))


def test_a_level_that_separates_what_was_merged_is_refused_with_its_row() -> None:
    with pytest.raises(UsageError, match="row 1 separates at level 2"):
        Hierarchy.of("city", [["Rome", "Italy", "A"], ["Milan", "Italy", "B"]])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "is empty"),
        ([[]], "is empty"),
        ([["a", "*"], ["b"]], "row 1 has 1 levels, row 0 has 2"),
        ([["a", "*"], ["a", "*"]], "lists a value twice"),
    ],
)
def test_a_malformed_hierarchy_is_refused(rows: list[list[str]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Hierarchy.of("city", rows)


def test_values_it_lacks_are_counted_not_quoted() -> None:
    with pytest.raises(UsageError, match="lacks 1 of 2 values") as caught:
        Hierarchy.of("city", CITIES).restrict(["Rome", "Secretville"])
    assert "Secretville" not in str(caught.value)


def test_a_top_merges_everything() -> None:
    taller = Hierarchy.of("sex", [["f"], ["m"]]).with_top()
    assert taller.height == 2
    assert taller.lift(0, 1).tolist() == [0, 0]
