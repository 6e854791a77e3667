from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.anonymize.criteria import CRITERIA, DistinctLDiversity, EqualDistanceTCloseness
from smartsandbox.anonymize.kanon import guided
from smartsandbox.anonymize.kanon.classes import SUPPRESSED, Classes
from smartsandbox.anonymize.kanon.guided import guided_mondrian
from smartsandbox.anonymize.kanon.measures import ncp
from smartsandbox.anonymize.kanon.table import Column, Table

if TYPE_CHECKING:
    from conftest import Adult


def test_two_clusters_are_parted_where_they_part() -> None:
    table = Table((Column.numeric("n", ["1", "2", "3", "90", "91"]),))
    assert guided_mondrian(table, 2).tolist() == [0, 0, 0, 1, 1]


def test_equal_values_never_part() -> None:
    table = Table((Column.numeric("n", ["1", "1", "1", "1", "2"]),))
    assert guided_mondrian(table, 2).tolist() == [0, 0, 0, 0, 0]


def test_fewer_people_than_k_are_suppressed() -> None:
    assert guided_mondrian(Table((Column.numeric("n", ["1", "2"]),)), 3).tolist() == [SUPPRESSED] * 2


def test_a_table_that_cannot_be_diverse_is_suppressed() -> None:
    table, illness = Table((Column.numeric("n", ["1", "2"]),)), Column.category("illness", ["x", "x"])
    assert guided_mondrian(table, 1, [DistinctLDiversity("illness", 2)], [illness]).tolist() == [SUPPRESSED] * 2


def test_a_cut_that_leaves_a_homogeneous_class_is_not_made() -> None:
    table, illness = Table((Column.numeric("n", list("1289")),)), Column.category("illness", list("xxyy"))
    assert guided_mondrian(table, 2).tolist() == [0, 0, 1, 1]
    assert guided_mondrian(table, 2, [DistinctLDiversity("illness", 2)], [illness]).tolist() == [0, 0, 0, 0]


def test_a_class_is_close_to_the_whole_table_not_to_its_parent() -> None:
    table, illness = Table((Column.numeric("n", list("11228899")),)), Column.category("illness", list("xyxyxyxx"))
    criterion = EqualDistanceTCloseness("illness", 0.2)
    labels = guided_mondrian(table, 2, [criterion], [illness])
    assert criterion.holds(criterion.measure(Classes.of(labels, [illness]))).all()
    assert len(set(labels.tolist())) > 1


rows = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abcd"), st.sampled_from("xyz")), min_size=1, max_size=60)


@settings(deadline=None)
@given(rows, st.integers(1, 6), st.booleans())
def test_every_class_holds_k_people_of_other_values_than_its_neighbours(
    people: list[tuple[int, str, str]], k: int, medians: bool
) -> None:
    table = Table((Column.numeric("n", [str(p[0]) for p in people]), Column.category("c", [p[1] for p in people])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guided, "MEDIAN_ABOVE", 0 if medians else 1000)
        labels = guided_mondrian(table, k)
    if len(people) < k:
        assert (labels == SUPPRESSED).all()
        return
    assert np.bincount(labels).min() >= k
    owners: dict[tuple[int, str], int] = {}
    for (n, c, _), label in zip(people, labels.tolist(), strict=True):
        assert owners.setdefault((n, c), label) == label


@settings(deadline=None)
@given(rows, st.sampled_from(sorted(set(CRITERIA) - {"k-anonymity", "recursive (c,l)-diversity"})))
def test_every_class_keeps_every_criterion(people: list[tuple[int, str, str]], name: str) -> None:
    table = Table((Column.numeric("n", [str(p[0]) for p in people]),))
    illness = Column.category("illness", [p[2] for p in people])
    criterion = CRITERIA[name]("illness", 2 if "diversity" in name else 0.3)  # type: ignore[call-arg]
    labels = guided_mondrian(table, 2, [criterion], [illness])
    assert criterion.holds(criterion.measure(Classes.of(labels, [illness]))).all()


@pytest.mark.slow
@pytest.mark.parametrize(("k", "published"), [(5, 0.067), (10, 0.096), (100, 0.244)])
def test_less_is_lost_on_adult_than_is_published_for_mondrian(adult: Adult, k: int, published: float) -> None:
    table = adult.table("salary-class")
    labels = guided_mondrian(table, k)
    assert np.bincount(labels).min() >= k
    assert ncp(table, labels) <= published
