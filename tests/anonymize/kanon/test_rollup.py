from __future__ import annotations

from itertools import product

from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.rollup import RollUp, bottom, regroup
from smartsandbox.anonymize.kanon.table import Column, Table

LETTERS = Hierarchy.of("letter", [["a", "ab", "*"], ["b", "ab", "*"], ["c", "cd", "*"], ["d", "cd", "*"]])
DIGITS = Hierarchy.of("digit", [["1", "odd"], ["3", "odd"], ["2", "even"]])
TABLE = Table((LETTERS.column(list("abcdabca")), DIGITS.column(list("12313213"))))
ILLNESS = Column.category("illness", list("xyxyxyzz"))


def _all(rollup: RollUp) -> dict[tuple[int, ...], list[int]]:
    return {levels: sorted(rollup.at(levels).classes.sizes.tolist()) for levels in product(range(3), range(2))}


def test_groups_of_groups_are_the_groups_of_the_rows() -> None:
    base = bottom(TABLE, (LETTERS, DIGITS), [ILLNESS])
    rollup = RollUp(base, (LETTERS, DIGITS))
    for levels in product(range(3), range(2)):
        direct, rolled = regroup(base, levels, (LETTERS, DIGITS)), rollup.at(levels)
        assert direct.classes.sizes.tolist() == rolled.classes.sizes.tolist()
        assert direct.classes.histograms["illness"].counts.tolist() == (
            rolled.classes.histograms["illness"].counts.tolist()
        )
    assert rollup.from_groups > 0


def test_a_history_too_small_to_keep_anything_changes_no_group() -> None:
    base = bottom(TABLE, (LETTERS, DIGITS), [])
    assert _all(RollUp(base, (LETTERS, DIGITS), cells=1)) == _all(RollUp(base, (LETTERS, DIGITS)))


def test_a_node_asked_for_twice_is_kept() -> None:
    rollup = RollUp(bottom(TABLE, (LETTERS, DIGITS), []), (LETTERS, DIGITS))
    assert rollup.at((1, 1)) is rollup.at((1, 1))
