from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.anonymize.grouping import checked_plan
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.methods import FullDomain
from smartsandbox.anonymize.kanon.plan import Task, plan_groups
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.anonymize.subjects import SubjectTable
from smartsandbox.packs.errors import UsageError

if TYPE_CHECKING:
    from conftest import Adult

KINDS = {"age": AttributeKind.NUMBER, "city": AttributeKind.PLACE}


def test_a_class_takes_the_same_valid_values_as_under_mondrian() -> None:
    ages = {"a": "20", "b": "21", "c": "22", "d": "80", "e": "82", "f": "83"}
    plan = plan_groups(Task({name: {"age": age} for name, age in ages.items()}, KINDS, 3, method=FullDomain()))
    assert [plan.published[name]["age"] for name in sorted(ages)] == ["21", "21", "21", "82", "82", "82"]
    assert plan.sizes == (3, 3)


def test_outliers_within_the_limit_are_suppressed_and_blamed() -> None:
    rows = {f"p{n}": {"age": "30", "city": "Oslo"} for n in range(9)} | {"q": {"age": "31", "city": "Moss"}}
    plan = plan_groups(Task(rows, KINDS, 3, method=FullDomain(limit=0.1)))
    assert plan.suppressed == {"q"}
    assert dict(plan.published["q"]) == {"age": "0", "city": "unspecified"}
    assert plan.blame == {"age": 0, "city": 0}
    only_city = {name: {**row, "age": "30"} for name, row in rows.items()}
    assert plan_groups(Task(only_city, KINDS, 3, method=FullDomain(limit=0.1))).blame == {"age": 0, "city": 1}


def test_a_given_hierarchy_is_used_and_one_that_lacks_values_says_how_many() -> None:
    rows = {name: {"city": name} for name in ("Oslo", "Moss", "Lyon", "Nice")}
    regions = [["Oslo", "north"], ["Moss", "north"], ["Lyon", "south"], ["Nice", "south"]]
    given = FullDomain({"city": Hierarchy.of("city", regions)})
    assert plan_groups(Task(rows, KINDS, 2, method=given)).sizes == (2, 2)
    lacking = FullDomain({"city": Hierarchy.of("city", regions[:3])})
    with pytest.raises(UsageError, match="'city': 1 of 4 values are not in its hierarchy") as caught:
        plan_groups(Task(rows, KINDS, 2, method=lacking))
    assert "Nice" not in str(caught.value)


def test_suppressed_people_are_taken_off_the_limit() -> None:
    assert FullDomain(limit=0.1).having_suppressed(4, 100).limit == pytest.approx(6 / 96)  # type: ignore[attr-defined]
    assert FullDomain(limit=0.1).having_suppressed(10, 100) == FullDomain(limit=0.0)
    assert FullDomain(limit=1).having_suppressed(3, 3) == FullDomain(limit=0.0)


_ROWS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.fixed_dictionaries({}, optional={"age": st.integers(0, 99).map(str), "city": st.sampled_from(["Oslo", "Moss"])}),
    max_size=30,
)


@settings(deadline=None)
@given(_ROWS, st.integers(2, 5), st.sampled_from([0.0, 0.2]))
def test_every_published_combination_is_shared_by_k_people_or_suppressed(
    rows: dict[str, dict[str, str]], k: int, limit: float
) -> None:
    plan = plan_groups(Task(rows, KINDS, k, method=FullDomain(limit=limit)))
    full = Counter(tuple(sorted(values.items())) for p, values in plan.published.items() if p not in plan.suppressed)
    for person, values in plan.published.items():
        if person not in plan.suppressed:
            mine = set(values.items())
            assert sum(count for other, count in full.items() if mine <= set(other)) >= k


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limit", "entropy", "suppressed", "classes"),
    [(0.04, 255559.854557, 906, None), (0.0, 407289.538893, 0, 48)],
)
def test_a_policy_that_brings_the_hierarchies_of_arx_gets_its_optimum(
    adult: Adult, tmp_path: Path, limit: float, entropy: float, suppressed: int, classes: int | None
) -> None:
    for name, hierarchy in adult.hierarchies.items():
        levels = [[hierarchy.labels[i][code] for code in hierarchy.maps[i]] for i in range(hierarchy.height)]
        lines = (";".join(row) for row in zip(*levels, strict=True))
        (tmp_path / f"{name}.csv").write_text("\n".join(lines))
    text = f"service: adult\nk: 5\nsuppression_limit: {limit}\nmethod: full-domain\nquasi_identifiers:\n"
    text += "".join(f"  {name}: {'number' if name == 'age' else 'category'}\n" for name in adult.columns)
    text += "hierarchies:\n" + "".join(f"  {name}: {name}.csv\n" for name in adult.columns)
    text += 'decisions:\n  "*":\n    response.body:\n'
    text += "".join(f"      /{name}: generalise {name}\n" for name in adult.columns)
    rows = {
        f"p{i:05d}": {name: column.values[column.codes[i]] for name, column in adult.columns.items()}
        for i in range(adult.table().rows)
    }
    plan = checked_plan(SubjectTable(rows, frozenset(rows), []), parse_policy(text, str(tmp_path / "p.yaml")))
    assert plan.entropy == pytest.approx(entropy, abs=1e-6)
    assert len(plan.suppressed) == suppressed <= limit * plan.population
    assert min(plan.sizes) >= 5
    assert classes is None or len(plan.sizes) == classes
