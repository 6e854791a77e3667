from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.kanon.builtin import day_levels, hierarchy_for, number_levels
from smartsandbox.anonymize.kanon.encode import normal
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kanon.methods import Cells
from smartsandbox.anonymize.kinds import AttributeKind


def _hierarchy(kind: AttributeKind, values: list[str], **others: list[str]) -> Hierarchy:
    cells = Cells(("a", *others), [values, *others.values()], [kind] * (1 + len(others)))
    return hierarchy_for(0, cells, cells.table.columns[0].values)


@pytest.mark.parametrize(
    ("value", "levels"),
    [
        ("1987-04-09", ["1987-04-09", "1987-04", "1987-Q2", "1987", "198x"]),
        ("2000-12-31", ["2000-12-31", "2000-12", "2000-Q4", "2000", "200x"]),
        ("soon", ["soon"] * 5),
    ],
)
def test_a_day_goes_by_month_quarter_year_and_decade(value: str, levels: list[str]) -> None:
    assert day_levels(value) == levels


def test_numbers_go_by_intervals_that_double() -> None:
    # The span is 64: intervals of 1, 2, 4, 8, 16 and 32 from zero.
    found = dict(zip(["17", "18", "81"], number_levels(["17", "18", "81"]), strict=True))
    assert found["17"] == ["17", "17", "8", "4", "2", "1", "0"]
    assert found["18"] == ["18", "18", "9", "4", "2", "1", "0"]
    assert found["81"][-1] == "2"


def test_a_level_that_merges_nothing_is_left_out() -> None:
    hierarchy = _hierarchy(AttributeKind.DATE, ["1987-04-09", "1987-06-30", "1990-01-01"])
    assert hierarchy.labels == (
        ("1987-04-09", "1987-06-30", "1990-01-01"),
        ("1987-Q2", "1990-Q1"),
        ("*",),
    )


def test_a_postcode_loses_its_last_character_step_by_step() -> None:
    hierarchy = _hierarchy(AttributeKind.PLACE, ["0150", "0151", "5003"])
    assert hierarchy.labels == (("0150", "0151", "5003"), ("015", "500"), ("*",))


def test_a_city_goes_to_the_country_that_most_of_its_people_name() -> None:
    hierarchy = _hierarchy(
        AttributeKind.PLACE,
        ["Oslo", "Oslo", "Oslo", "Bergen", "Lyon"],
        country=["Norway", "Norway", "France", "Norway", "France"],
        code=["0150", "0151", "0152", "5003", "69001"],
    )
    assert [dict(zip(hierarchy.leaves, level, strict=True)) for level in _levels(hierarchy)] == [
        {"Bergen": "Norway", "Oslo": "Norway", "Lyon": "France"},
        {"Bergen": "*", "Oslo": "*", "Lyon": "*"},
    ]


def _levels(hierarchy: Hierarchy) -> list[list[str]]:
    return [[hierarchy.labels[i][code] for code in hierarchy.maps[i]] for i in range(1, hierarchy.height)]


def test_a_category_has_no_step_before_everything() -> None:
    assert _hierarchy(AttributeKind.CATEGORY, ["f", "m"]).labels == (("f", "m"), ("*",))


_TEXTS = {
    AttributeKind.DATE: st.dates().map(str) | st.just("unknown"),
    AttributeKind.NUMBER: st.integers(-(10**6), 10**6).map(str) | st.floats(-9, 9).map("{:.3f}".format) | st.just("?"),
    AttributeKind.PLACE: st.text("0123456789 ", min_size=1, max_size=6) | st.sampled_from(["Oslo", "Moss"]),
    AttributeKind.CATEGORY: st.text("abc", min_size=1, max_size=2),
}


@given(st.sampled_from(AttributeKind), st.data())
def test_every_value_has_a_place_and_the_top_is_one(kind: AttributeKind, data: st.DataObject) -> None:
    texts = data.draw(st.lists(_TEXTS[kind], min_size=1, max_size=20))
    values = [normal(text, kind) or "x" for text in texts]
    hierarchy = _hierarchy(kind, values)
    assert len(hierarchy.labels[-1]) == 1
    counts = [len(level) for level in hierarchy.labels]
    assert counts == sorted(set(counts), reverse=True)
