from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.capture.moments import (
    EPOCH_US,
    SECOND,
    STEP_US,
    from_epoch,
    from_seconds,
    go_micros,
    parse_moment,
    place_times,
)

NOON = 1_772_452_800 * SECOND  # 2026-03-02T12:00:00Z


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T12:00:00Z",
        "2026-03-02T12:00:00.000+00:00",
        "2026-03-02T13:30:00+01:30",
        "2026-03-02T07:00:00-0500",
        "2026-03-02T12:00:00",
        "Mon, 02 Mar 2026 12:00:00 GMT",
        " Mon, 02 Mar 2026 12:00:00 -0000 ",
    ],
)
def test_the_same_moment_is_read_in_any_notation(text: str) -> None:
    assert parse_moment(text) == NOON


@pytest.mark.parametrize(
    "text", [None, 5, "", "yesterday", "2026-13-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-01-01"]
)
def test_what_is_no_time_or_out_of_range_is_unknown(text: Any) -> None:
    assert parse_moment(text) is None


@pytest.mark.parametrize("seconds", [None, True, "1", math.nan, math.inf, -1.0, 0, 1e300])
def test_a_float_that_is_no_time_is_unknown(seconds: Any) -> None:
    assert from_seconds(seconds) is None


def test_undated_entries_stand_evenly_on_the_made_up_timeline() -> None:
    assert place_times([None, None], 5 * STEP_US) == [EPOCH_US + 5 * STEP_US, EPOCH_US + 6 * STEP_US]


def test_equal_whole_seconds_are_spread_over_their_second_in_file_order() -> None:
    assert place_times([NOON, NOON, NOON, NOON, NOON + SECOND], 0) == [
        NOON,
        NOON + 250_000,
        NOON + 500_000,
        NOON + 750_000,
        NOON + SECOND,
    ]


def test_equal_finer_times_are_a_microsecond_apart() -> None:
    assert place_times([NOON + 1000, NOON + 1000, NOON + 2000], 0) == [NOON + 1000, NOON + 1001, NOON + 2000]


def test_an_unknown_time_takes_its_neighbours_place() -> None:
    assert place_times([None, NOON + 1, None, NOON + 9], 0) == [NOON + 1, NOON + 2, NOON + 3, NOON + 9]


@given(st.lists(st.one_of(st.none(), st.integers(EPOCH_US, EPOCH_US + 5).map(lambda n: n * 1)), max_size=30))
def test_there_is_a_time_for_every_entry_and_never_before_the_recorded_one(times: list[int | None]) -> None:
    placed = place_times(times, 0)
    assert len(placed) == len(times)
    assert all(was is None or at >= was for at, was in zip(placed, times, strict=True))


@given(st.text())
def test_parsing_never_raises(text: str) -> None:
    parse_moment(text)


def test_whole_seconds_of_many_clients_are_scattered_in_order() -> None:
    times = [NOON] * 500 + [NOON + SECOND] * 3
    placed = place_times(times, 0, many_clients=True)
    gaps = [after - before for before, after in pairwise(placed[:500])]

    assert placed == sorted(placed) == place_times(times, 0, many_clients=True)
    assert len(set(placed)) == 503
    assert all(moment <= at < moment + SECOND for moment, at in zip(times, placed, strict=True))
    # Gaps of a Poisson process: the share above their mean is 1/e.
    assert 0.30 < sum(gap > SECOND / 500 for gap in gaps) / len(gaps) < 0.44


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("515.237ms", 515_237),
        ("1m2.5s", 62_500_000),
        ("3µs", 3),
        ("", None),
        ("5", None),
        (5, None),
        ("1h", 3_600_000_000),
    ],
)
def test_durations_as_go_prints_them(text: object, micros: int | None) -> None:
    assert go_micros(text) == micros


@pytest.mark.parametrize("moment", [1_714_564_800, 1_714_564_800_000, 1_714_564_800_000_000, 1_714_564_800_000_000_000])
def test_the_unit_of_a_count_since_the_epoch_is_told_by_its_size(moment: int) -> None:
    assert from_epoch(moment) == 1_714_564_800_000_000


@pytest.mark.parametrize("moment", [0, -1, 5, float("nan"), float("inf"), True])
def test_a_count_that_is_no_time_gives_none(moment: float) -> None:
    assert from_epoch(moment) is None
