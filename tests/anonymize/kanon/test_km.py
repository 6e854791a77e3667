from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.kanon.km import Universe, Violation, violations
from smartsandbox.packs.errors import UsageError

VISITS = [{"list", "pay"}, {"list", "pay"}, {"list", "refund"}, {"pay", "refund"}]


def test_an_item_too_few_people_hold_is_found() -> None:
    assert violations([{"a"}, {"a"}, {"b"}], 2, 2) == (Violation(("b",), 1),)


def test_a_pair_too_few_people_hold_is_found_where_each_item_is_frequent() -> None:
    assert violations(VISITS, 2, 2) == (Violation(("list", "refund"), 1), Violation(("pay", "refund"), 1))
    assert violations(VISITS, 2, 1) == ()


def test_items_that_nobody_holds_together_tell_nothing() -> None:
    assert violations([{"a"}, {"a"}, {"b"}, {"b"}], 2, 2) == ()


def test_a_rare_set_is_reported_by_its_smallest_part() -> None:
    assert [one.items for one in violations([{"a", "b", "c"}, {"b", "c"}, {"b", "c"}], 2, 3)] == [("a",)]


@pytest.mark.parametrize(("k", "m"), [(0, 1), (2, 0)])
def test_bounds_under_one_are_refused(k: int, m: int) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        violations([], k, m)


def test_nobody_violates_nothing() -> None:
    assert violations([], 5, 2) == ()
    assert violations([set(), set()], 5, 2) == ()


def test_supports_are_right_beyond_one_word_of_bits() -> None:
    universe = Universe.of([{"a"} if person % 3 else {"a", "b"} for person in range(200)])
    assert dict(zip(universe.items, universe.supports().tolist(), strict=True)) == {"a": 200, "b": 67}


def brute(sets: list[frozenset[str]], k: int, m: int) -> dict[tuple[str, ...], int]:
    """Every itemset of up to m items that between 1 and k-1 people share."""
    held = {part for one in sets for size in range(1, m + 1) for part in combinations(sorted(one), size)}
    supports = {items: sum(set(items) <= one for one in sets) for items in held}
    return {items: support for items, support in supports.items() if support < k}


sets_of_people = st.lists(st.frozensets(st.sampled_from("abcdef"), max_size=5), max_size=12)


@given(sets_of_people, st.integers(1, 4), st.integers(1, 4))
def test_the_minimal_rare_itemsets_are_those_of_brute_force(sets: list[frozenset[str]], k: int, m: int) -> None:
    rare = brute(sets, k, m)
    minimal = {items: n for items, n in rare.items() if not any(set(o) < set(items) for o in rare)}
    assert {one.items: one.support for one in violations(sets, k, m)} == minimal
