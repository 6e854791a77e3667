"""Cutting what too few people share: small captures by hand, then drawn ones against an independent count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.kanon.cuts import ORPHAN, RARE_SET, RARE_STEP, affordable_m, cuts, within_limit
from smartsandbox.anonymize.kanon.footprints import Mask, rare_sets, rare_steps
from smartsandbox.anonymize.kanon.putting_back import put_back
from smartsandbox.anonymize.timeline.course import NONE, Course
from smartsandbox.packs.errors import NotSafeError


def course_of(*visits: str, cause: Sequence[int] = (), people: Sequence[int] = ()) -> Course:
    """A session a text, an endpoint a letter, one request a second in turn."""
    rows = sorted((step, session, letter) for session, text in enumerate(visits) for step, letter in enumerate(text))
    names = tuple(sorted({letter for _, _, letter in rows}))
    count = len(rows)
    return Course(
        session=np.array([session for _, session, _ in rows], np.int64),
        endpoint=np.array([names.index(letter) for _, _, letter in rows], np.int64),
        started_us=np.arange(count, dtype=np.int64) * 1_000_000,
        total_us=np.full(count, NONE, np.int64),
        cause=np.array(cause or [NONE] * count, np.int64),
        wrong=np.zeros(count, np.int64),
        holders=np.array(people or range(len(visits)), np.int64),
        endpoints=names,
    )


def published(course: Course, kept: Mask) -> list[str]:
    found: dict[int, str] = defaultdict(str)
    for session, endpoint, stays in zip(course.session, course.endpoint, kept, strict=True):
        found[session] += course.endpoints[endpoint] if stays else ""
    return [found[session] for session in range(len(course.holders))]


def test_nothing_is_cut_where_all_do_alike() -> None:
    assert cuts(course_of("abc", "abc", "abc"), 3, 2).count == 0


def test_a_single_endpoint_of_one_person_is_cut() -> None:
    found = cuts(course_of("ab", "ab", "abx"), 2, 1)
    assert found.reasons == {RARE_SET: 1}
    assert found.endpoints == {"x": 1}


def test_of_a_rare_pair_the_cheaper_endpoint_goes_and_only_of_those_who_hold_both() -> None:
    # a and x are common, both together only in the last session, which visits a three times and x once
    course = course_of("ab", "ab", "ab", "xb", "xb", "xb", "aaaxb")
    found = cuts(course, 2, 2)
    assert found.endpoints["x"] == 1
    assert rare_sets(course, found.kept, 2, 2) == ()
    assert published(course, found.kept)[:6] == ["ab", "ab", "ab", "xb", "xb", "xb"]


def test_a_rare_order_of_common_endpoints_is_cut() -> None:
    course = course_of("abc", "abc", "abc", "acb")
    found = cuts(course, 2, 2)
    assert set(found.reasons) == {RARE_STEP}
    assert rare_steps(course, found.kept, 2) == {}


def test_order_says_nothing_to_who_knows_one_request() -> None:
    assert cuts(course_of("abc", "abc", "acb"), 2, 1).count == 0


def test_two_sessions_of_one_person_count_once() -> None:
    assert cuts(course_of("ab", "ab", "ax", "ax", people=(0, 1, 2, 2)), 2, 1).endpoints == {"x": 2}


def test_an_effect_goes_with_its_cause() -> None:
    # rows: a0 a1 x2, then b0 b1 w2 where w is caused by x
    course = course_of("ab", "ab", "xw", "yw", "yw", cause=(*[NONE] * 7, 2, NONE, NONE))
    found = cuts(course, 2, 1)
    assert found.reasons == {RARE_SET: 1, ORPHAN: 1}


def test_m_of_0_cuts_nothing() -> None:
    assert cuts(course_of("abc"), 5, 0).count == 0


def test_the_largest_m_within_the_limit_is_drafted() -> None:
    alike = ["abc"] * 9
    assert affordable_m(course_of(*alike), 3, 0.0) == 2
    assert affordable_m(course_of(*alike, "acb"), 3, 0.0) == 1
    assert affordable_m(course_of(*alike, "acb"), 3, 0.1) == 2
    assert affordable_m(course_of("abc", "d"), 3, 0.2) == 0


def test_over_the_limit_the_endpoint_to_blame_and_a_way_out_are_named() -> None:
    with pytest.raises(NotSafeError, match=r"are x \(2\): .* set m: 0, or set suppression_limit: 0\.334"):
        within_limit(course_of("a", "a", "a", "a", "xx"), 2, 1, 0.1)


def test_what_was_cut_for_nothing_comes_back() -> None:
    course = course_of("ab", "ab", "ab")
    kept = np.array([True, True, True, True, False, True])
    assert put_back(course, kept, 2, 2).all()
    alone = course_of("ab", "ab", "xb")
    kept = np.array([True, True, False, True, True, True])
    assert not put_back(alone, kept, 2, 2)[2]


VISITS = st.lists(st.text("abcd", min_size=1, max_size=6), min_size=1, max_size=9)


@given(VISITS, st.integers(2, 4), st.integers(1, 3))
def test_after_cutting_a_plain_count_finds_nothing_rare(visits: list[str], k: int, m: int) -> None:
    course = course_of(*visits)
    shown = published(course, cuts(course, k, m).kept)
    for size in range(1, m + 1):
        for items in combinations("abcd", size):
            holders = sum(set(items) <= set(one) for one in shown)
            assert holders == 0 or holders >= k
    if m >= 2:
        for step in {step for one in shown for step in pairwise(one)}:
            assert sum(step in pairwise(one) for one in shown) >= k


@given(VISITS, st.integers(2, 4), st.integers(1, 3))
def test_the_same_is_cut_each_time_and_counted_under_a_reason(visits: list[str], k: int, m: int) -> None:
    course = course_of(*visits)
    found = cuts(course, k, m)
    assert np.array_equal(found.kept, cuts(course, k, m).kept)
    assert found.count == sum(found.reasons.values()) == sum(found.endpoints.values())


@given(VISITS, st.integers(2, 4))
def test_nothing_that_was_cut_could_come_back_alone(visits: list[str], k: int) -> None:
    course = course_of(*visits)
    kept = cuts(course, k, 2).kept
    for row in np.flatnonzero(~kept):
        wider = kept.copy()
        wider[row] = True
        assert rare_sets(course, wider, k, 2) or rare_steps(course, wider, k)
