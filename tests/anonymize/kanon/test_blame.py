from __future__ import annotations

import pytest

from smartsandbox.anonymize.criteria import DistinctLDiversity, KAnonymity
from smartsandbox.anonymize.kanon.blame import UnattainableError, relaxations, require_optimum
from smartsandbox.anonymize.kanon.fulldomain import Problem
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.losses import NonUniformEntropy
from smartsandbox.anonymize.kanon.table import Column, Table
from smartsandbox.packs.errors import NotSafeError

SEX = Hierarchy.of("sex", [["f", "*"], ["m", "*"]])
STREET = Hierarchy.of("street", [[name] for name in "pqrs"])
PEOPLE = Table((SEX.column(list("ffmmffmm")), STREET.column(list("ppqqrrss"))))


def _problem(k: int, limit: float = 0.0) -> Problem:
    return Problem.of(PEOPLE, [SEX, STREET], [KAnonymity(k)], NonUniformEntropy(), limit)


def test_an_optimum_that_exists_is_given() -> None:
    assert require_optimum(_problem(2)).levels == (0, 0)


def test_the_best_k_and_the_attribute_that_stands_in_the_way_are_named() -> None:
    with pytest.raises(UnattainableError) as caught:
        require_optimum(_problem(4))
    assert caught.value.attained == 2
    assert caught.value.blamed == "street"
    assert "4-anonymity cannot be kept for 8 people" in str(caught.value)
    assert "at most 2 is reached and 8 people fail" in str(caught.value)
    assert "give up 'street', after which it holds" in str(caught.value)


def test_it_is_a_refusal_that_a_caller_can_act_on() -> None:
    with pytest.raises(NotSafeError, match=r"suppression limit of 1\.0000"):
        require_optimum(_problem(4))


def test_a_k_above_the_population_blames_no_attribute_wrongly() -> None:
    with pytest.raises(UnattainableError, match=r"at most 2 is reached.*giving up 'street' helps most .* 8"):
        require_optimum(_problem(9))


def test_a_sensitive_attribute_with_too_few_values_is_no_attributes_fault() -> None:
    problem = Problem.of(
        Table((SEX.column(list("ffmm")),)),
        [SEX],
        [KAnonymity(2), DistinctLDiversity("illness", 3)],
        NonUniformEntropy(),
        sensitive=[Column.category("illness", list("abab"))],
    )
    with pytest.raises(UnattainableError, match="distinct 3-diversity on illness") as caught:
        require_optimum(problem)
    assert caught.value.attained == 2
    assert caught.value.blamed is None


def test_what_one_level_more_would_do_is_said_for_each_attribute_below_its_top() -> None:
    steps = relaxations(_problem(4), (0, 0))
    assert [(step.attribute, step.holds, step.outliers, step.attained) for step in steps] == [("sex", False, 8, 2)]
    assert steps[0].cost == pytest.approx(8)


def test_no_value_is_quoted() -> None:
    hierarchy = Hierarchy.of("street", [["Secret Lane"], ["Hidden Row"]])
    table = Table((hierarchy.column(["Secret Lane", "Hidden Row"]),))
    with pytest.raises(UnattainableError) as caught:
        require_optimum(Problem.of(table, [hierarchy], [KAnonymity(2)], NonUniformEntropy()))
    assert "Lane" not in str(caught.value)
    assert "Row" not in str(caught.value)
