from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from smartsandbox.anonymize.timeline.course import NONE, CourseLog
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.model import Exchange

Make = Callable[..., Exchange]


def test_rows_are_in_trace_order_and_found_again_by_start_and_id(exchange: Make) -> None:
    items = [exchange(session="a"), exchange(session="b"), exchange(session="a"), exchange(session=None)]
    items = [replace(one, started_us=10 if at < 3 else 20) for at, one in enumerate(items)]
    log = CourseLog()
    for one in items:
        log.take(one, "GET /v1/things")
    assert [log.row_of(one) for one in reversed(items)] == [3, 2, 1, 0]
    course = log.course(lambda session: "person")
    assert course.session.tolist() == [0, 1, 0, 2]
    assert course.previous.tolist() == [NONE, NONE, 0, NONE]
    assert course.holder.tolist() == [0, 0, 0, 2]


def test_an_exchange_that_was_not_taken_is_refused(exchange: Make) -> None:
    log = CourseLog()
    log.take(exchange(), "GET /v1/things")
    with pytest.raises(NotSafeError, match="changed underneath"):
        log.row_of(exchange())


def test_a_cause_is_found_by_its_id_if_it_stands_before(exchange: Make) -> None:
    first, second, third, fourth = exchange(), exchange(), exchange(), exchange()
    log = CourseLog()
    for one in (first, replace(second, caused_by=first.id), replace(third, caused_by="unknown"),
                replace(fourth, caused_by=fourth.id)):  # fmt: skip
        log.take(one, "GET /v1/things")
    assert log.course().cause.tolist() == [NONE, 0, NONE, NONE]


def test_a_failure_of_the_service_is_marked(exchange: Make) -> None:
    log = CourseLog()
    for status in (200, 404, 503):
        log.take(exchange(status=status), "GET /v1/things")
    assert log.course().wrong.tolist() == [0, 0, 1]
