"""Two sessions that do something in the same second, and what they say about it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from smartsandbox.anonymize.keys import GivenKey
from smartsandbox.anonymize.leaves import Leaf, Location
from smartsandbox.anonymize.retime import WEEK_US
from smartsandbox.anonymize.timeline.course import NONE, Course
from smartsandbox.anonymize.timeline.notation import SECOND_US, read_time
from smartsandbox.anonymize.timeline.retiming import Timeline
from smartsandbox.anonymize.timeline.sightings import SightingsLog
from smartsandbox.anonymize.timeline.times import Times, times_of

NOON = 1_700_049_600 * SECOND_US
MOVES = (7 * SECOND_US, -20 * SECOND_US, 9 * SECOND_US, -18 * SECOND_US)
Ask = Callable[..., str | None]


def body(value: str) -> Leaf:
    return Leaf("GET /", Location.RESPONSE_BODY, ("created",), value)


@pytest.fixture
def times() -> Callable[..., Times]:
    """Rows 0 and 2 are one session, 1 and 3 another; starts at noon, +0.3 s, +60 s, +60.3 s."""

    def made(*shown: tuple[str, int]) -> Times:
        started = NOON + np.array([0, 300_000, 60_000_000, 60_300_000], np.int64)
        none = np.full(4, NONE, np.int64)
        session = np.array([0, 1, 0, 1], np.int64)
        course = Course(session, session, started, none, none, np.zeros(4, np.int64), np.arange(2))
        log = SightingsLog()
        for value, row in shown:
            written = read_time(value)
            assert written is not None
            log.take(written.us, int(session[row]), row)
        timeline = Timeline(started + np.array(MOVES, np.int64) - WEEK_US, started, -1, 0)
        return times_of(course, timeline, log.sightings(), 2, GivenKey("07" * 32).key())

    return made


def epoch(seconds: int) -> str:
    return str(NOON // SECOND_US + seconds)


def moved(seconds: int) -> str:
    return str(NOON // SECOND_US + seconds - WEEK_US // SECOND_US)


def test_a_start_is_that_of_the_timeline(times: Callable[..., Times]) -> None:
    leaf = Leaf("GET /", Location.TIMING, ("started",), str(NOON))
    assert times().text(leaf, 0) == str(NOON + MOVES[0] - WEEK_US)


def test_a_second_follows_the_session_in_which_it_happened_and_stays_with_it(times: Callable[..., Times]) -> None:
    asked = times((epoch(0), 0), (epoch(0), 1), (epoch(0), 2), (epoch(0), 3))
    assert [asked.text(body(epoch(0)), row) for row in range(4)] == [moved(7), moved(-20), moved(7), moved(-20)]


def test_another_session_that_hears_of_it_later_says_the_same(times: Callable[..., Times]) -> None:
    asked = times((epoch(0), 0), (epoch(0), 3))
    assert asked.text(body(epoch(0)), 3) == moved(7)


def test_a_time_told_precisely_is_the_same_everywhere(times: Callable[..., Times]) -> None:
    shown = "2023-11-15T12:00:00.123456Z"
    asked = times((shown, 0), (shown, 1))
    assert {asked.text(body(shown), row) for row in range(4)} == {"2023-11-08T12:00:07.123456Z"}


def test_how_long_something_holds_stays(times: Callable[..., Times]) -> None:
    asked = times((epoch(0), 1), (epoch(3600), 1))
    claims = Leaf("GET /", Location.REQUEST_HEADER, ("authorization", "bearer", "(jwt)", "claims", "exp"), epoch(3600))
    assert asked.text(claims, 3) == moved(3580)
    assert asked.text(body(epoch(0)), 3) == moved(-20)


def test_a_date_header_is_about_its_own_answer(times: Callable[..., Times]) -> None:
    asked = times(("Wed, 15 Nov 2023 12:00:00 GMT", 0), ("Wed, 15 Nov 2023 12:00:00 GMT", 1))
    date = Leaf("GET /", Location.RESPONSE_HEADER, ("date",), "Wed, 15 Nov 2023 12:00:00 GMT")
    assert asked.text(date, 0) == "Wed, 08 Nov 2023 12:00:07 GMT"
    assert asked.text(date, 1) == "Wed, 08 Nov 2023 11:59:40 GMT"


def test_an_old_time_is_blurred_and_its_precisions_stay_together(times: Callable[..., Times]) -> None:
    shown = ["2022-03-01T10:00:00Z", "1646128800", "2022-05-01T10:00:00Z"]
    asked = times((shown[0], 0), (shown[1], 0), (shown[2], 1))
    found = [read_time(asked.text(body(value), 0) or "") for value in shown]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].us == found[1].us
    low, high = (read_time(value) for value in (shown[0], shown[2]))
    assert low is not None
    assert high is not None
    assert low.us - WEEK_US <= found[0].us <= high.us - WEEK_US


def test_a_day_moves_by_whole_days(times: Callable[..., Times]) -> None:
    asked = times(("2023-11-15", 0))
    assert asked.text(body("2023-11-15"), 0) == "2023-11-08"


def test_what_is_no_time_and_what_is_for_ever_are_told_apart(times: Callable[..., Times]) -> None:
    assert times().text(body("soon"), 0) is None
    assert times().text(body("9999-12-31"), 0) == "9999-12-31"
