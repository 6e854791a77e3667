from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.kanon.plan import Task, plan_groups
from smartsandbox.anonymize.policy import AttributeKind

KINDS = {"birth_date": AttributeKind.DATE, "city": AttributeKind.PLACE, "postcode": AttributeKind.PLACE}


def test_a_group_takes_the_day_in_its_middle_and_a_postcode_that_fits_its_city() -> None:
    rows = {
        "a": {"birth_date": "1980-01-01", "city": "Oslo", "postcode": "0150"},
        "b": {"birth_date": "1985-05-05", "city": "Bergen", "postcode": "5003"},
        "c": {"birth_date": "1990-09-09", "city": "Bergen", "postcode": "5003"},
    }
    plan = plan_groups(Task(rows, KINDS, 3))
    assert dict(plan.published["a"]) == {"birth_date": "1985-05-06", "city": "Bergen", "postcode": "5003"}
    assert plan.sizes == (3,)
    assert not plan.suppressed


def days(*dates: str) -> str:
    rows = {f"p{n}": {"birth_date": date} for n, date in enumerate(dates)}
    return plan_groups(Task(rows, KINDS, len(dates))).published["p0"]["birth_date"]


def test_the_day_of_a_group_is_nobodys_own() -> None:
    assert days("1980-01-01", "1980-01-05", "1980-01-09") == "1980-01-06"


def test_a_day_that_all_share_stays() -> None:
    assert days("1980-01-01", "1980-01-01") == "1980-01-01"


def test_a_group_without_a_free_day_takes_its_median() -> None:
    assert days("1980-01-01", "1980-01-02", "1980-01-03") == "1980-01-02"


def test_too_few_with_one_attribute_take_the_values_of_a_group_that_has_it() -> None:
    rows = {name: {"birth_date": "1980-01-01", "city": "Oslo", "postcode": "0150"} for name in "abc"}
    rows["d"] = {"city": "Bergen"}
    plan = plan_groups(Task(rows, KINDS, 3))
    assert dict(plan.published["d"]) == {"city": "Oslo"}
    assert not plan.suppressed


def test_who_fits_nowhere_is_suppressed_with_a_valid_value_and_the_attribute_is_blamed() -> None:
    plan = plan_groups(Task({"a": {"birth_date": "1980-01-01"}}, KINDS, 2))
    assert dict(plan.published["a"]) == {"birth_date": "1970-01-01"}
    assert plan.suppressed == {"a"}
    assert plan.blame == {"birth_date": 1, "city": 0, "postcode": 0}
    assert plan.ncp == 1


_ROWS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.fixed_dictionaries(
        {},
        optional={
            "birth_date": st.dates().map(str),
            "city": st.sampled_from(["Oslo", "Bergen", "Moss"]),
            "postcode": st.sampled_from(["0150", "5003", "1530"]),
        },
    ),
    max_size=30,
)


@given(_ROWS, st.integers(2, 5))
def test_every_published_combination_is_shared_by_k_people_or_suppressed(
    rows: dict[str, dict[str, str]], k: int
) -> None:
    plan = plan_groups(Task(rows, KINDS, k))
    full = Counter(tuple(sorted(values.items())) for p, values in plan.published.items() if p not in plan.suppressed)
    for person, values in plan.published.items():
        if person not in plan.suppressed:
            mine = set(values.items())
            assert sum(count for other, count in full.items() if mine <= set(other)) >= k


@given(_ROWS, st.integers(2, 5))
def test_the_order_of_people_does_not_matter(rows: dict[str, dict[str, str]], k: int) -> None:
    backwards = dict(reversed(list(rows.items())))
    assert plan_groups(Task(rows, KINDS, k)).published == plan_groups(Task(backwards, KINDS, k)).published
