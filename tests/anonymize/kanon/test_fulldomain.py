from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.anonymize.criteria import (
    Criterion,
    DistinctLDiversity,
    EntropyLDiversity,
    EqualDistanceTCloseness,
    KAnonymity,
    OrderedDistanceTCloseness,
    RecursiveCLDiversity,
)
from smartsandbox.anonymize.kanon.classes import SUPPRESSED, Classes
from smartsandbox.anonymize.kanon.fulldomain import Problem, judge, optimum
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.losses import (
    AverageClassSize,
    CertaintyPenalty,
    Discernibility,
    Loss,
    NonUniformEntropy,
)
from smartsandbox.anonymize.kanon.objective import objective_of
from smartsandbox.anonymize.kanon.rollup import Levels, bottom, regroup
from smartsandbox.anonymize.kanon.table import Column, Table
from smartsandbox.packs.errors import UsageError

if TYPE_CHECKING:
    from conftest import Adult

CITY = Hierarchy.of("city", [["Rome", "Italy"], ["Milan", "Italy"], ["Paris", "France"]])
CITIES = ["Rome", "Milan", "Paris", "Paris", "Rome", "Milan"]


def test_the_lowest_level_that_holds_is_found_by_hand() -> None:
    problem = Problem.of(Table((CITY.column(CITIES),)), [CITY], [KAnonymity(3)], NonUniformEntropy(), 1 / 3)
    found = optimum(problem)
    assert found is not None
    assert found.levels == (1,)
    assert found.outliers == 2
    assert (found.classes, found.published_classes) == (2, 1)
    assert (found.labels == SUPPRESSED).tolist() == [False, False, True, True, False, False]


def test_no_level_that_holds_is_no_optimum() -> None:
    problem = Problem.of(Table((CITY.column(CITIES),)), [CITY], [KAnonymity(3)], NonUniformEntropy())
    assert optimum(problem) is None


@pytest.mark.parametrize(
    ("share", "rows", "allowed"), [(0.29, 100, 29), (0.04, 30162, 1206), (0.0, 10, 0), (1.0, 3, 3)]
)
def test_the_allowance_is_the_share_of_rows_rounded_down(share: float, rows: int, allowed: int) -> None:
    table = Table((Column.category("a", ["x"] * rows),))
    problem = Problem.of(table, [Hierarchy.of("a", [["x"]])], [KAnonymity(1)], NonUniformEntropy(), share)
    assert problem.allowance == allowed


def _problem(**changed: object) -> Problem:
    asked: dict[str, object] = {
        "table": Table((CITY.column(CITIES),)),
        "hierarchies": [CITY],
        "criteria": [KAnonymity(2)],
        "loss": NonUniformEntropy(),
    }
    return Problem.of(**(asked | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"table": Table(())}, "nobody"),
        ({"criteria": []}, "no criterion"),
        ({"suppression_limit": 1.5}, "share between 0 and 1"),
        ({"sensitive": [CITY.column(CITIES)]}, "both a quasi-identifier and sensitive"),
        ({"hierarchies": []}, "1 attributes but 0 hierarchies"),
    ],
)
def test_a_problem_whose_parts_do_not_fit_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        _problem(**changed)


def _swept(problem: Problem) -> tuple[Levels, float, int] | None:
    """Brute force: every node from the rows, no pruning."""
    base = bottom(problem.table, problem.hierarchies, problem.sensitive)
    objective = objective_of(problem.loss, problem.table.columns, problem.hierarchies)
    found = []
    for levels in product(*(range(hierarchy.height) for hierarchy in problem.hierarchies)):
        check = judge(problem, regroup(base, levels, problem.hierarchies).classes)
        if check.holds:
            loss = objective.loss(levels, check.classes, check.failing)
            found.append((loss, sum(levels), levels, check.outliers))
    if not found:
        return None
    loss, _, levels, outliers = min(found)
    return levels, loss, outliers


LEAVES = [str(i) for i in range(6)]
LOSSES: list[Loss] = [NonUniformEntropy(), CertaintyPenalty(), Discernibility(), AverageClassSize(2)]


@st.composite
def _hierarchies(draw: st.DrawFn, name: str) -> Hierarchy:
    levels = [list(LEAVES)]
    for _ in range(draw(st.integers(0, 3))):
        names = sorted(set(levels[-1]))
        parents = {one: str(draw(st.integers(0, max(len(names) // 2, 0)))) for one in names}
        levels.append([parents[one] for one in levels[-1]])
    return Hierarchy.of(name, list(zip(*levels, strict=True)))


def _criteria(l: float, t: float) -> dict[str, Criterion]:  # noqa: E741
    return {
        "k": KAnonymity(2),
        "distinct": DistinctLDiversity("illness", int(l)),
        "entropy": EntropyLDiversity("illness", l),
        "recursive": RecursiveCLDiversity("illness", 2.0, 2),
        "equal": EqualDistanceTCloseness("illness", t),
        "ordered": OrderedDistanceTCloseness("illness", t),
    }


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_the_search_finds_what_a_sweep_of_every_node_finds(data: st.DataObject) -> None:
    width = data.draw(st.integers(1, 3), "attributes")
    cells = st.tuples(*[st.sampled_from(LEAVES)] * width, st.sampled_from("abc"))
    rows = data.draw(st.lists(cells, min_size=1, max_size=25), "rows")
    hierarchies = [data.draw(_hierarchies(f"q{i}"), f"q{i}") for i in range(width)]
    table = Table(tuple(hierarchies[i].column([row[i] for row in rows]) for i in range(width)))
    every = _criteria(data.draw(st.sampled_from([1.5, 2.0, 2.5]), "l"), data.draw(st.floats(0, 0.6), "t"))
    asked = data.draw(st.lists(st.sampled_from(sorted(every)), min_size=1, max_size=3, unique=True), "criteria")
    problem = Problem.of(
        table,
        hierarchies,
        [every[name] for name in asked],
        data.draw(st.sampled_from(LOSSES), "loss"),
        data.draw(st.sampled_from([0.0, 0.1, 0.3]), "limit"),
        [Column.category("illness", [row[-1] for row in rows])],
    )
    found = optimum(problem)
    assert (found and (found.levels, found.loss, found.outliers)) == _swept(problem)
    if found is not None:
        published = judge(problem, Classes.of(found.labels, problem.sensitive))
        assert not published.failing.any()
        assert int((found.labels == SUPPRESSED).sum()) == found.outliers <= problem.allowance


@pytest.mark.slow
def test_five_anonymity_with_four_percent_suppressed_is_the_optimum_of_arx(adult: Adult) -> None:
    problem = Problem.of(adult.table(), adult.levels(), [KAnonymity(5)], NonUniformEntropy(), 0.04)
    found = optimum(problem)
    assert found is not None
    assert found.levels == (1, 0, 1, 1, 3, 2, 2, 0, 1)
    assert found.loss == pytest.approx(255559.854557, abs=1e-6)
    assert (found.outliers, found.classes) == (906, 1498)
    assert int((found.labels == SUPPRESSED).sum()) == 906


def test_five_anonymity_of_everyone_is_the_optimum_of_arx(adult: Adult) -> None:
    found = optimum(Problem.of(adult.table(), adult.levels(), [KAnonymity(5)], NonUniformEntropy()))
    assert found is not None
    assert found.levels == (1, 2, 1, 1, 3, 2, 2, 1, 1)
    assert found.loss == pytest.approx(407289.538893, abs=1e-6)
    assert (found.outliers, found.classes) == (0, 48)
    assert np.bincount(found.labels).min() == 5


def test_closeness_on_occupation_is_the_optimum_of_arx(adult: Adult) -> None:
    criteria = [KAnonymity(5), EqualDistanceTCloseness("occupation", 0.2)]
    problem = Problem.of(
        adult.table("occupation"),
        adult.levels("occupation"),
        criteria,
        Discernibility(),
        sensitive=[adult.columns["occupation"]],
    )
    found = optimum(problem)
    assert found is not None
    assert found.levels == (1, 4, 1, 1, 3, 2, 2, 1)
    assert found.loss == 456853172


def test_no_more_nodes_are_checked_than_flash_checks(adult: Adult) -> None:
    # anonbench: 8 quasi-identifiers of Adult, 5-anonymity, nothing suppressed, entropy: Flash 115 checks, OLA 90.
    table, hierarchies = adult.table("salary-class"), adult.levels("salary-class")
    found = optimum(Problem.of(table, hierarchies, [KAnonymity(5)], NonUniformEntropy()))
    assert found is not None
    assert found.checks <= 115
    assert found.nodes == 6480
