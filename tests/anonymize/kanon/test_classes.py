from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.kanon.classes import SUPPRESSED, Classes, distinct, group
from smartsandbox.anonymize.kanon.table import Column


def test_classes_count_the_rows_of_each_label() -> None:
    classes = Classes.of(np.array([7, 3, 7, 7]))
    assert classes.sizes.tolist() == [1, 3]
    assert classes.rows == 4


def test_a_histogram_counts_each_value_of_each_class() -> None:
    illness = Column.category("illness", ["flu", "cold", "flu", "flu"])
    histogram = Classes.of(np.array([0, 0, 1, 1]), [illness]).histograms["illness"]
    assert histogram.classes.tolist() == [0, 0, 1]
    assert histogram.values.tolist() == [0, 1, 1]
    assert histogram.counts.tolist() == [1, 1, 2]


def test_suppressed_rows_are_in_no_class_but_in_the_whole_table() -> None:
    illness = Column.category("illness", ["flu", "cold", "flu"])
    classes = Classes.of(np.array([0, SUPPRESSED, 0]), [illness])
    assert classes.rows == 2
    assert classes.histograms["illness"].overall.tolist() == [1, 2]


def test_merged_classes_are_those_of_the_merged_labels() -> None:
    illness = Column.category("illness", ["flu", "cold", "flu", "ache"])
    labels, target = np.array([0, 1, 2, 2]), np.array([1, 0, 1])
    merged = Classes.of(labels, [illness]).merged(target, 2)
    direct = Classes.of(target[labels], [illness])
    assert merged.sizes.tolist() == direct.sizes.tolist()
    for name in ("classes", "values", "counts", "overall"):
        found, wanted = (getattr(one.histograms["illness"], name).tolist() for one in (merged, direct))
        assert found == wanted


def test_no_rows_make_no_classes() -> None:
    empty = Classes.of(np.zeros(0, np.int64), [Column.category("a", [])])
    assert empty.rows == 0
    assert not len(empty.sizes)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=30))
def test_distinct_keys_are_the_same_by_sorting_and_by_table(keys: list[int]) -> None:
    small = np.array(keys) % 97
    for array, size in ((np.array(keys), 10**12 + 1), (small, 97)):
        found, inverse = distinct(array, size)
        assert found.tolist() == sorted(set(array.tolist()))
        assert found[inverse].tolist() == array.tolist()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_rows_share_a_group_exactly_if_all_codes_are_equal(rows: list[tuple[int, int, int]]) -> None:
    columns = [np.array([row[i] for row in rows], np.int32) for i in range(3)]
    huge = 2**31
    for cardinalities in ([4, 4, 4], [huge, huge, huge]):
        labels = group(columns, cardinalities, len(rows)).tolist()
        assert len(set(labels)) == len(set(rows))
        assert len(set(zip(labels, rows, strict=True))) == len(set(rows))
