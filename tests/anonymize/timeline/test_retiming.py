"""Captures as columns, some by hand and some drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.keys import GivenKey, RunKey
from smartsandbox.anonymize.retime import WEEK_US
from smartsandbox.anonymize.timeline import segments as seams
from smartsandbox.anonymize.timeline.course import NONE, Course
from smartsandbox.anonymize.timeline.pauses import held_by, pauses_of, pools
from smartsandbox.anonymize.timeline.retiming import Timeline, retimed
from smartsandbox.anonymize.timeline.segments import Followed, segments
from smartsandbox.anonymize.timeline.windows import windows

KEYS = st.binary(min_size=16, max_size=16).map(lambda secret: RunKey(secret))
ROW = st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 10**7), st.integers(-1, 10**6))


Row = tuple[int, int, int, int]
"""Session, endpoint, start, total."""


def make_course(rows: Sequence[Row], cause: Sequence[int] = (), wrong: Sequence[int] = (), alike: int = 0) -> Course:
    """A course of rows in trace order; `alike` > 0 makes every so many sessions one person."""
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    sessions = int(columns[0].max(initial=-1)) + 1
    return Course(
        session=columns[0].copy(),
        endpoint=columns[1].copy(),
        started_us=columns[2].copy(),
        total_us=columns[3].copy(),
        cause=np.array(cause or [NONE] * len(rows), np.int64),
        wrong=np.array(wrong or [0] * len(rows), np.int64),
        holders=np.arange(sessions) // alike if alike else np.arange(sessions),
        endpoints=tuple(f"GET /{name}" for name in range(int(columns[1].max(initial=-1)) + 1)),
    )


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Up to 40 exchanges of up to six sessions; some failed, some caused by an earlier one."""
    rows = sorted(draw(st.lists(ROW, min_size=1, max_size=40)), key=lambda row: row[2])
    seen: dict[int, int] = {}
    named = [(seen.setdefault(row[0], len(seen)), *row[1:]) for row in rows]
    wrong = draw(st.lists(st.integers(0, 1), min_size=len(rows), max_size=len(rows)))
    cause = [draw(st.integers(-1, at - 1)) if at and draw(st.integers(0, 4)) == 0 else NONE for at in range(len(rows))]
    return make_course(named, cause, wrong)


@given(courses(), KEYS)
def test_the_recorded_instants_are_all_used_once_and_moved_by_whole_weeks(course: Course, key: RunKey) -> None:
    line = retimed(course, 2, key)
    assert np.array_equal(np.sort(line.started_us) - line.weeks * WEEK_US, course.started_us)


@given(courses(), KEYS)
def test_the_order_in_a_session_stays_and_an_effect_stays_after_its_cause(course: Course, key: RunKey) -> None:
    line = retimed(course, 2, key)
    for before in (course.previous, course.cause):
        rows = np.flatnonzero(before != NONE)
        assert (line.started_us[rows] >= line.started_us[before[rows]]).all()


@given(courses(), KEYS)
def test_only_those_counted_go_before_the_answer_that_they_waited_for(course: Course, key: RunKey) -> None:
    line = retimed(course, 2, key)
    pauses = pauses_of(course, course.previous)
    apart = line.started_us[pauses.rows] - line.started_us[pauses.before]
    assert (apart < pauses.least_us).sum() <= line.early


@given(courses(), KEYS)
def test_a_key_gives_the_same_timeline(course: Course, key: RunKey) -> None:
    assert np.array_equal(retimed(course, 2, key).started_us, retimed(course, 2, key).started_us)


def test_another_key_gives_another_timeline() -> None:
    rows = [(session, step, session * 500_000 + step * 90_000, 20_000) for session in range(60) for step in range(3)]
    course = make_course(sorted(rows, key=lambda row: row[2]))
    lines = [retimed(course, 5, GivenKey(f"{at:02x}" * 16).key()) for at in range(2)]
    moved = [line.started_us - line.weeks * WEEK_US for line in lines]
    assert (moved[0] != moved[1]).mean() > 0.9
    assert (moved[0] != course.started_us).mean() > 0.9


def test_windows_hold_enough_sessions_and_last_long_enough() -> None:
    starts = np.arange(100, dtype=np.int64) * 10
    assert Counter(windows(starts, 30, 0).tolist()) == {0: 30, 1: 30, 2: 40}
    assert Counter(windows(starts, 10, 450).tolist()) == {0: 45, 1: 55}
    assert set(windows(starts, 200, 0).tolist()) == {0}
    assert windows(starts[:0], 10, 10).tolist() == []


def test_a_transition_of_too_few_people_is_pooled_with_pauses_of_like_length() -> None:
    # three sessions go 0 -> 1; one goes 0 -> 2 after about as long, one 0 -> 3 after very long
    rows = [(0, 0, 0, -1), (1, 0, 1, -1), (2, 0, 2, -1), (3, 0, 3, -1), (4, 0, 4, -1), (5, 0, 5, -1)]
    rows += [(0, 1, 100, -1), (1, 1, 110, -1), (2, 1, 120, -1), (3, 2, 130, -1), (5, 2, 140, -1), (4, 3, 10**6, -1)]
    course = make_course(rows)
    pauses = pauses_of(course, course.previous)
    found = pools(pauses, course, 3)
    assert len({*found[:3].tolist()}) == 1
    assert found[3] == found[4] == found[5] != found[0]


@given(courses(), st.integers(1, 4))
def test_pools_are_held_by_k_people_if_there_are_so_many(course: Course, k: int) -> None:
    pauses = pauses_of(course, course.previous)
    found = pools(pauses, course, k)
    holder = course.holder[pauses.rows]
    counts = held_by(found, holder)[np.unique(found)]
    short = counts[counts < k]
    assert len(short) <= 1
    if len(set(holder.tolist())) < k:
        assert len(counts) <= 1


ROWS = [(row % 6, 0, row, -1) for row in range(20)]


@pytest.mark.parametrize(
    ("rows", "at_once", "expected"),
    [
        (ROWS, 8, [(0, 8), (8, 20)]),
        (ROWS, 10, [(0, 10), (10, 20)]),
        (ROWS, 20, [(0, 20)]),
        (ROWS, 50, [(0, 20)]),
        ([(0, 0, row, -1) for row in range(20)], 8, [(0, 20)]),
        ([(row % 3, 0, row, -1) for row in range(20)], 2, [(0, 4), (4, 8), (8, 12), (12, 16), (16, 20)]),
        ([], 8, []),
    ],
    ids=["rest joins", "even", "one", "short", "one person", "until there are people", "none"],
)
def test_a_segment_has_enough_rows_and_people(
    rows: list[tuple[int, int, int, int]],
    at_once: int,
    expected: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seams, "PEOPLE", 3)
    assert segments(make_course(rows), 1, at_once) == expected


@given(courses(), st.integers(1, 9))
def test_who_went_before_is_found_across_segments(course: Course, at_once: int) -> None:
    followed = Followed(course)
    starts = range(0, course.count, at_once)
    found = [followed.before(start, min(start + at_once, course.count)) for start in starts]
    assert np.array_equal(np.concatenate(found), course.previous)


def in_segments(course: Course, key: RunKey, at_once: int) -> Timeline:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(seams, "PEOPLE", 0)
        return retimed(course, 2, key, at_once)


@given(courses(), KEYS, st.integers(1, 9))
def test_instants_and_order_hold_across_segments(course: Course, key: RunKey, at_once: int) -> None:
    line = in_segments(course, key, at_once)
    assert np.array_equal(np.sort(line.started_us) - line.weeks * WEEK_US, course.started_us)
    for before in (course.previous, course.cause):
        rows = np.flatnonzero(before != NONE)
        assert (line.started_us[rows] >= line.started_us[before[rows]]).all()


@given(courses(), KEYS, st.integers(1, 9))
def test_answers_are_waited_for_across_segments(course: Course, key: RunKey, at_once: int) -> None:
    line = in_segments(course, key, at_once)
    pauses = pauses_of(course, course.previous)
    apart = line.started_us[pauses.rows] - line.started_us[pauses.before]
    assert (apart < pauses.least_us).sum() <= line.early
