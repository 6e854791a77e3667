from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.anonymize.kanon.km import violations
from smartsandbox.anonymize.kanon.km_repair import repair
from smartsandbox.packs.errors import UsageError

PARENTS = {"a": "ab", "b": "ab", "c": "cd", "d": "cd"}


def test_sets_that_are_safe_stay_as_they_are() -> None:
    safe = [{"a", "b"}, {"a", "b"}]
    result = repair(safe, 2, 2)
    assert result.sets == tuple(map(frozenset, safe))
    assert (result.suppressed, result.merged, result.lost) == ((), (), 0)


def test_the_item_that_resolves_most_for_its_cost_goes() -> None:
    visits = [{"list", "pay"}, {"list", "pay"}, {"list", "refund"}, {"pay", "refund"}]
    result = repair(visits, 2, 2)
    assert result.suppressed == ("refund",)
    assert result.lost == 2


def test_merging_is_preferred_where_it_costs_less() -> None:
    result = repair([{"a", "x"}, {"b", "x"}], 2, 2, PARENTS)
    assert result.sets == (frozenset({"ab", "x"}),) * 2
    assert (result.suppressed, result.merged, result.blurred) == ((), ("ab",), 2)


def test_a_merge_that_resolves_nothing_is_not_made() -> None:
    result = repair([{"a"}, {"x"}, {"x"}], 2, 1, PARENTS)
    assert (result.suppressed, result.merged) == (("a",), ())


def test_one_person_alone_keeps_nothing() -> None:
    assert repair([{"a", "b"}], 2, 2).sets == (frozenset(),)


def test_bounds_under_one_are_refused() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        repair([{"a"}], 0, 1)


sets_of_people = st.lists(st.frozensets(st.sampled_from("abcde"), max_size=5), max_size=8)


@settings(deadline=None)
@given(sets_of_people, st.integers(1, 4), st.integers(1, 3), st.booleans())
def test_nothing_rare_is_left(sets: list[frozenset[str]], k: int, m: int, merge: bool) -> None:
    result = repair(sets, k, m, PARENTS if merge else None)
    assert violations(result.sets, k, m) == ()
    assert len(result.sets) == len(sets)


@settings(deadline=None)
@given(sets_of_people, st.integers(1, 4), st.integers(1, 3))
def test_no_suppressed_item_could_have_stayed(sets: list[frozenset[str]], k: int, m: int) -> None:
    gone = set(repair(sets, k, m).suppressed)
    for item in gone:
        assert violations([one - (gone - {item}) for one in sets], k, m)


@settings(deadline=None)
@given(sets_of_people, st.integers(1, 3), st.integers(1, 2))
def test_the_cost_is_near_the_least_that_brute_force_finds(sets: list[frozenset[str]], k: int, m: int) -> None:
    items = sorted({item for one in sets for item in one})
    choices = (set(part) for size in range(len(items) + 1) for part in combinations(items, size))
    costs = [
        sum(len(one & gone) for one in sets) for gone in choices if not violations([one - gone for one in sets], k, m)
    ]
    # The greedy answer to a weighted hitting set is within the harmonic number of the most sets one item hits.
    rare = len(violations(sets, k, m))
    bound = sum(1 / i for i in range(1, rare + 1)) or 1
    assert min(costs) <= repair(sets, k, m).lost <= min(costs) * bound
