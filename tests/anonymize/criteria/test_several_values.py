"""People who have several sensitive values, and people who have none."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.criteria import (
    Criterion,
    DistinctLDiversity,
    EntropyLDiversity,
    EqualDistanceTCloseness,
    OrderedDistanceTCloseness,
    RecursiveCLDiversity,
)
from smartsandbox.anonymize.criteria.known import AmongKnown
from smartsandbox.anonymize.criteria.whichever import LDiversity, Whichever
from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.anonymize.kanon.table import Column

FORMS: list[LDiversity] = [
    DistinctLDiversity("illness", 2),
    EntropyLDiversity("illness", 1.5),
    RecursiveCLDiversity("illness", 3, 2),
    RecursiveCLDiversity("illness", 2, 3),
]


def _sets(*groups: list[str], form: LDiversity) -> tuple[Whichever, Classes]:
    """One list a class, one text a person: each letter is a value of theirs."""
    people = [person for group in groups for person in group]
    sets = sorted(set(people))
    values = sorted(set("".join(sets)))
    labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    members = tuple(tuple(values.index(letter) for letter in one) for one in sets)
    classes = Classes.of(labels, [Column.category("all", people)])
    return Whichever(form, "all", members), classes


def _plain(people: list[str]) -> Classes:
    return Classes.of(np.zeros(len(people), np.int64), [Column.category("illness", people)])


@pytest.mark.parametrize(
    ("form", "measured"),
    [
        (FORMS[0], [1, 2, 2]),  # all have a: one value; a, b and c of one each: two values cover three people
        (FORMS[1], [1, 1.5, 2]),  # people over the holders of the value most held
        (FORMS[2], [np.inf, 2, 1]),  # the same holders over those who do not have it
    ],
)
def test_the_bound_is_that_worked_out_by_hand(form: LDiversity, measured: list[float]) -> None:
    criterion, classes = _sets(["ab", "ac"], ["ab", "bc", "d"], ["a", "b"], form=form)
    assert criterion.measure(classes).tolist() == pytest.approx(measured)


def test_a_value_that_all_share_is_found_whatever_else_they_have() -> None:
    criterion, classes = _sets(["ab", "ac", "ad"], form=FORMS[0])
    assert len(set("ab" + "ac" + "ad")) == 4
    assert not criterion.holds(criterion.measure(classes)).any()


_VALUES = st.sets(st.sampled_from("abcd"), min_size=1, max_size=3).map(lambda letters: "".join(sorted(letters)))
_PEOPLE = st.lists(_VALUES, min_size=1, max_size=5)


@given(_PEOPLE, st.sampled_from(FORMS))
def test_the_bound_is_safe_for_every_way_to_pick_one_value_a_person(people: list[str], form: LDiversity) -> None:
    criterion, classes = _sets(people, form=form)
    bound = float(criterion.measure(classes)[0])
    picked = [float(form.measure(_plain(list(pick)))[0]) for pick in product(*people)]
    worst = min(picked) if form.higher_is_safer else max(picked)
    assert bound <= worst + 1e-9 if form.higher_is_safer else bound >= worst - 1e-9
    if all(len(one) == 1 for one in people) and not isinstance(form, EntropyLDiversity):
        assert bound == pytest.approx(worst)


@given(_PEOPLE, _PEOPLE, st.sampled_from(FORMS))
def test_merging_two_classes_that_hold_gives_one_that_holds(one: list[str], other: list[str], form: LDiversity) -> None:
    criterion, apart = _sets(one, other, form=form)
    if criterion.holds(criterion.measure(apart)).all():
        together = apart.merged(np.zeros(2, np.int64), 1)
        assert criterion.holds(criterion.measure(together)).all()


UNKNOWING: list[Criterion] = [
    *FORMS,
    EqualDistanceTCloseness("illness", 0.3),
    OrderedDistanceTCloseness("illness", 0.3),
]


@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=5), min_size=1, max_size=3),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.sampled_from(UNKNOWING),
)
def test_people_without_a_value_change_nothing(groups: list[list[str]], silent: list[int], inner: Criterion) -> None:
    wider = [group + [""] * more for group, more in zip(groups, silent, strict=False)]
    domain = ["", *sorted({value for group in groups for value in group})]

    def classes(parts: list[list[str]], order: list[str]) -> Classes:
        labels = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        column = Column.category("illness", [value for part in parts for value in part] + [""] * 1, order)
        return Classes.of(np.append(labels, -1), [column])

    known = Column.category("illness", [value for group in groups for value in group])
    plain = Classes.of(np.repeat(np.arange(len(groups)), [len(group) for group in groups]), [known])
    assert AmongKnown(inner).measure(classes(wider, domain)).tolist() == pytest.approx(inner.measure(plain).tolist())


@pytest.mark.parametrize("inner", UNKNOWING)
def test_a_class_where_nothing_is_known_gives_nothing_to_infer(inner: Criterion) -> None:
    column = Column.category("illness", ["", "", "a", "b"])
    classes = Classes.of(np.array([0, 0, 1, 1]), [column])
    assert AmongKnown(inner).holds(AmongKnown(inner).measure(classes))[0]
