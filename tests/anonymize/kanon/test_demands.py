from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.anonymize.kanon.demands import demands_of
from smartsandbox.anonymize.kanon.fits import fitting_groups
from smartsandbox.anonymize.kanon.methods import FullDomain, Method, Mondrian
from smartsandbox.anonymize.kanon.plan import Task, plan_groups
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.sensitive import CLOSENESSES, DIVERSITIES, Bound, Sensitive

AT = frozenset({Address("*", "response.body", ("segment",))})
KINDS = {"age": AttributeKind.NUMBER, "city": AttributeKind.PLACE, "sex": AttributeKind.CATEGORY}


def segment(l: str = "", t: str = "", kind: AttributeKind = AttributeKind.CATEGORY) -> dict[str, Sensitive]:  # noqa: E741
    bounds = Bound.parse(l, DIVERSITIES) if l else None, Bound.parse(t, CLOSENESSES) if t else None
    return {"segment": Sensitive(kind, AT, *bounds)}


def people(*values: tuple[str, str]) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, tuple[str, ...]]]]:
    """(age, segments) a person; segments are letters."""
    rows = {f"p{n}": {"age": age} for n, (age, _) in enumerate(values)}
    held = {f"p{n}": {"segment": tuple(letters)} for n, (_, letters) in enumerate(values) if letters}
    return rows, held


CLUSTERS = [("20", "a"), ("21", "a"), ("22", "a"), ("80", "b"), ("81", "b"), ("82", "a")]


def test_groups_that_are_homogeneous_under_k_alone_are_not_made_under_l() -> None:
    rows, held = people(*CLUSTERS)
    assert plan_groups(Task(rows, KINDS, 3)).sizes == (3, 3)
    assert plan_groups(Task(rows, KINDS, 3, held, segment(l="distinct 2"))).sizes == (6,)


def test_a_group_is_as_near_to_the_whole_as_t_asks() -> None:
    rows, held = people(*CLUSTERS)
    assert plan_groups(Task(rows, KINDS, 3, held, segment(t="equal 0.34"))).sizes == (3, 3)
    assert plan_groups(Task(rows, KINDS, 3, held, segment(t="equal 0.33"))).sizes == (6,)


def test_the_distance_of_numbers_follows_their_size_not_their_text() -> None:
    rows, _ = people(("1", ""), ("2", ""))
    held = {"p0": {"segment": ("9",)}, "p1": {"segment": ("10",)}}
    demands = demands_of(sorted(rows), held, segment(t="ordered 0.2", kind=AttributeKind.NUMBER))
    assert demands.columns[0].values == ("", "9", "10")


def test_somebody_with_several_values_does_not_make_a_group_diverse_by_themselves() -> None:
    rows, held = people(("20", "ab"), ("21", "ac"), ("80", "b"), ("81", "c"))
    assert plan_groups(Task(rows, KINDS, 2, held, segment(l="distinct 2"))).sizes == (4,)


def test_somebody_without_a_value_does_not_make_a_group_diverse() -> None:
    rows, held = people(("20", "a"), ("21", ""), ("80", "b"), ("81", "a"))
    assert plan_groups(Task(rows, KINDS, 2, held, segment(l="distinct 2"))).sizes == (4,)


def test_who_would_spoil_a_group_takes_the_next_one_or_none() -> None:
    rows, held = people(("20", "a"), ("21", "b"))
    rows = {name: {**row, "city": "Oslo"} for name, row in rows.items()}
    rows["p2"] = {"city": "Oslo"}
    asked = segment(l="recursive 1.5 2")
    plan = plan_groups(Task(rows, KINDS, 2, {**held, "p2": {"segment": ("a",)}}, asked))
    assert plan.suppressed == {"p2"}
    assert plan.usual == {"segment": "a"}
    assert not plan_groups(Task(rows, KINDS, 2, held, asked)).suppressed


_CELLS = st.tuples(
    st.fixed_dictionaries(
        {},
        optional={
            "age": st.integers(0, 90).map(str),
            "city": st.sampled_from(["Oslo", "Moss"]),
            "sex": st.sampled_from("fm"),
        },
    ),
    st.text("abc", max_size=2),
)


@settings(deadline=None)
@given(
    st.lists(_CELLS, min_size=1, max_size=40),
    st.integers(2, 5),
    st.sampled_from(["distinct 2", "distinct 3", "entropy 1.5", "recursive 2 2", ""]),
    st.sampled_from(["equal 0.2", "ordered 0.3", ""]),
    st.sampled_from([Mondrian(), FullDomain(limit=0.2)]),
)
def test_all_whom_a_published_combination_fits_keep_every_demand(
    cells: list[tuple[dict[str, str], str]],
    k: int,
    l: str,  # noqa: E741
    t: str,
    method: Method,
) -> None:
    rows = {f"p{n:02d}": row for n, (row, _) in enumerate(cells)}
    held = {f"p{n:02d}": {"segment": tuple(letters)} for n, (_, letters) in enumerate(cells) if letters}
    asked = segment(l, t) if l or t else {}
    task = Task(rows, KINDS, k, held, asked, method)
    plan = plan_groups(task)
    shown = {
        person: {"segment": (plan.usual["segment"],)} if person in plan.suppressed and asked else values
        for person, values in held.items()
    }
    vectors = {
        number: tuple(plan.published[person].get(name) for name in sorted(KINDS))
        for number, person in enumerate(task.people)
        if person not in plan.suppressed
    }
    groups = list(fitting_groups(vectors).values())
    assert all(len(group) >= k for group in groups)
    if groups:
        assert all(found.passed for _, found in demands_of(task.people, shown, asked).assess(groups))
