from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.criteria import (
    CRITERIA,
    Criterion,
    DistinctLDiversity,
    EntropyLDiversity,
    EqualDistanceTCloseness,
    KAnonymity,
    OrderedDistanceTCloseness,
    RecursiveCLDiversity,
)
from smartsandbox.anonymize.criteria.base import assess, attainable
from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.anonymize.kanon.table import Column
from smartsandbox.packs.errors import UsageError


def _classes(*groups: str) -> Classes:
    """One string a class, one letter a person: the person's illness."""
    labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return Classes.of(labels, [Column.category("illness", list("".join(groups)))])


ALL = [
    KAnonymity(3),
    DistinctLDiversity("illness", 2),
    EntropyLDiversity("illness", 1.8),
    RecursiveCLDiversity("illness", 2.0, 2),
    EqualDistanceTCloseness("illness", 0.3),
    OrderedDistanceTCloseness("illness", 0.3),
]


@pytest.mark.parametrize(
    ("criterion", "groups", "measured"),
    [
        (KAnonymity(2), ("aab", "a"), [3, 1]),
        (DistinctLDiversity("illness", 2), ("aab", "aaa"), [2, 1]),
        (EntropyLDiversity("illness", 2), ("ab", "aaaa", "abcd"), [2, 1, 4]),
        (RecursiveCLDiversity("illness", 2, 2), ("aaab", "abc", "aa"), [3, 0.5, math.inf]),
        (RecursiveCLDiversity("illness", 2, 1), ("aaab",), [0.75]),
        (RecursiveCLDiversity("illness", 2, 3), ("aabbc",), [2]),
        # Overall: a half, b half. A class of only a differs by a half; a balanced one not at all.
        (EqualDistanceTCloseness("illness", 0.2), ("aa", "ab", "bb"), [0.5, 0, 0.5]),
        # Overall: a third each. Only a: move a third by one step of two, a third by two.
        (OrderedDistanceTCloseness("illness", 0.2), ("a", "b", "c"), [0.5, 1 / 3, 0.5]),
    ],
)
def test_the_measure_is_that_worked_out_by_hand(
    criterion: Criterion, groups: tuple[str, ...], measured: list[float]
) -> None:
    assert criterion.measure(_classes(*groups)).tolist() == pytest.approx(measured)


def test_ordered_distance_is_that_of_the_published_example() -> None:
    # Li, Li, Venkatasubramanian 2007, section 4: salaries 3k to 11k, classes {3k,4k,5k} and {6k,8k,11k}.
    salaries = Column.numeric("salary", ["3", "4", "5", "6", "11", "8", "7", "9", "10"])
    classes = Classes.of(np.array([0, 0, 0, 1, 1, 1, 2, 2, 2]), [salaries])
    assert OrderedDistanceTCloseness("salary", 0.2).measure(classes)[:2].tolist() == pytest.approx([0.375, 1 / 6])


def test_the_homogeneity_attack_passes_k_and_fails_every_l() -> None:
    homogeneous = _classes("aaa", "bbb", "abc")
    assert assess(KAnonymity(3), homogeneous).passed
    for criterion in (ALL[1], ALL[2], ALL[3]):
        verdict = assess(criterion, homogeneous)
        assert not verdict.passed
        assert (verdict.failing_classes, verdict.failing_rows) == (2, 6)


def test_a_diverse_table_passes_k_and_every_l() -> None:
    diverse = _classes("abc", "bca")
    assert all(assess(criterion, diverse).passed for criterion in ALL[:4])


def test_an_entropy_at_the_bound_passes_in_spite_of_rounding() -> None:
    assert all(assess(EntropyLDiversity("illness", n), _classes("abcdefghij"[:n])).passed for n in range(1, 11))


def test_a_table_of_nobody_does_not_pass() -> None:
    nobody = Classes.of(np.zeros(0, np.int64), [Column.category("illness", [])])
    assert not any(assess(criterion, nobody).passed for criterion in ALL)


def test_the_attainable_bound_leaves_out_the_worst_classes_first() -> None:
    classes = _classes("a", "ab", "abcd")
    assert attainable(KAnonymity(5), classes, 0) == 1
    assert attainable(KAnonymity(5), classes, 2) == 2
    assert attainable(KAnonymity(5), classes, 3) == 4
    assert attainable(KAnonymity(5), classes, 7) == 0
    assert attainable(RecursiveCLDiversity("illness", 1, 2), classes, 1) == 1


def test_a_sensitive_attribute_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="'salary'"):
        DistinctLDiversity("salary", 2).measure(_classes("ab"))


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("k-anonymity", (0,)),
        ("distinct l-diversity", ("illness", 0)),
        ("entropy l-diversity", ("illness", 0.5)),
        ("recursive (c,l)-diversity", ("illness", 0, 2)),
        ("recursive (c,l)-diversity", ("illness", 1, 0)),
        ("equal-distance t-closeness", ("illness", 1.5)),
        ("ordered-distance t-closeness", ("illness", -0.1)),
    ],
)
def test_a_bound_that_means_nothing_is_refused(name: str, bounds: tuple[object, ...]) -> None:
    with pytest.raises(UsageError):
        CRITERIA[name](*bounds)


def test_every_criterion_is_registered_and_names_its_bound() -> None:
    assert {type(criterion) for criterion in ALL} == set(CRITERIA.values())
    assert [criterion.name for criterion in ALL] == [
        "3-anonymity",
        "distinct 2-diversity on illness",
        "entropy 1.8-diversity on illness",
        "recursive (2,2)-diversity on illness",
        "0.3-closeness (equal distance) on illness",
        "0.3-closeness (ordered distance) on illness",
    ]


groups = st.lists(st.text("abcd", min_size=1, max_size=8), min_size=2, max_size=5)


@pytest.mark.parametrize("criterion", ALL, ids=lambda criterion: criterion.name)
@given(groups=groups)
def test_merging_keeps_what_the_criterion_says_it_keeps(criterion: Criterion, groups: list[str]) -> None:
    classes = _classes(*groups)
    first, second = criterion.holds(criterion.measure(classes))[:2]
    merged = classes.merged(np.maximum(np.arange(len(groups)) - 1, 0), len(groups) - 1)
    after = criterion.holds(criterion.measure(merged))[0]
    if criterion.monotone and first and second:
        assert after
    if criterion.monotone_with_suppression and (first or second):
        assert after


@pytest.mark.parametrize(
    ("criterion", "groups"),
    [
        (EntropyLDiversity("illness", 1.8), ["ab", "aaaaaaaa"]),
        (RecursiveCLDiversity("illness", 2.0, 2), ["ab", "aaaaaaaa"]),
        (EqualDistanceTCloseness("illness", 0.3), ["ab", "aa", "bbb"]),
        (OrderedDistanceTCloseness("illness", 0.3), ["ab", "aaaaaaaa", "bbbbbbbbbbbbbbb"]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_where_suppressed_rows_return_a_criterion_may_break(criterion: Criterion, groups: list[str]) -> None:
    assert not criterion.monotone_with_suppression
    classes = _classes(*groups)
    merged = classes.merged(np.maximum(np.arange(len(groups)) - 1, 0), len(groups) - 1)
    assert criterion.holds(criterion.measure(classes))[0]
    assert not criterion.holds(criterion.measure(merged))[0]


@given(groups=groups)
def test_distances_lie_between_nothing_and_everything(groups: list[str]) -> None:
    classes = _classes(*groups)
    for criterion in ALL[4:]:
        measured = criterion.measure(classes)
        assert (measured >= -1e-12).all()
        assert (measured <= 1).all()
