"""Gaps between messages are dealt anew among the same steps of at least k people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from smartsandbox.anonymize.attacks.profiles import gaps_us
from smartsandbox.anonymize.attacks.sessions import Sighting, said_of, sessions_of
from smartsandbox.anonymize.keys import GivenKey, RunKey
from smartsandbox.anonymize.timeline.course import CourseLog
from smartsandbox.anonymize.timeline.spoken import Spoken, SpokenLog
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.model import Exchange, Message
from smartsandbox.packs.testing import a_socket, received, sent

KEY = GivenKey("07" * 32).key()


def talk(first: int, second: int) -> tuple[Message, ...]:
    """The server greets after `first`, and is asked after `second` more."""
    return received(first, "hello"), sent(first + second, "ask")


def dealt(*items: Exchange, k: int = 2, key: RunKey = KEY) -> Spoken:
    course, log = CourseLog(), SpokenLog()
    for item in items:
        course.take(item, "GET /v1/feed")
        log.take(item, "GET /v1/feed", course.row)
    return log.dealt(course.course(), k, key)


def sockets(count: int) -> list[Exchange]:
    return [a_socket(f"w{n}", talk(10 + n, 1000 + 7 * n), at_us=n, session=f"s{n}") for n in range(count)]


def test_gaps_stay_those_of_their_step_and_change_hands() -> None:
    items = sockets(12)
    spoken = dealt(*items)
    offsets = np.array([spoken.offsets(row) for row in range(12)])
    assert sorted(offsets[:, 0]) == [10 + n for n in range(12)]
    assert sorted(offsets[:, 1] - offsets[:, 0]) == [1000 + 7 * n for n in range(12)]
    recorded = np.array([[one.at_us for one in item.messages or ()] for item in items])
    assert (offsets != recorded).any()
    assert (np.diff(offsets) >= 0).all()


def test_the_same_key_gives_the_same_offsets_and_another_one_others() -> None:
    items, other = sockets(12), GivenKey("08" * 32).key()
    first = [dealt(*items).offsets(row) for row in range(12)]
    assert first == [dealt(*items).offsets(row) for row in range(12)]
    assert first != [dealt(*items, key=other).offsets(row) for row in range(12)]


def test_a_row_of_plain_http_has_none() -> None:
    items = sockets(2)
    spoken = dealt(replace(items[0], messages=None), items[1], k=1)
    assert spoken.offsets(0) == []
    assert len(spoken.offsets(1)) == 2


def test_the_pauses_that_attacks_know_are_those_between_messages_too() -> None:
    item = a_socket("w", talk(10, 20), at_us=5)
    assert said_of(item) == (item.started_us + 1_010, item.started_us + 1_030)
    sighting = Sighting("k", "g", item.started_us, "feed", (0,), said_of(item))
    later = Sighting("k", "g", item.started_us + 1_020, "pay", (0,))
    assert gaps_us(sessions_of([sighting, later])[0]) == [1_010, 10, 10]


@pytest.mark.parametrize("k", [2, 5])
def test_a_published_trace_has_the_gaps_dealt_anew(
    exchange: Callable[..., Exchange], anonymized: Callable[..., SafeTrace], k: int
) -> None:
    items = [
        replace(exchange("/v1/feed", status=101, session=f"s_{n}"), messages=talk(100 + n, 5000 + 31 * n))
        for n in range(12)
    ]
    safe = anonymized(items, k=k)
    found = [tuple(one.at_us for one in item.messages or ()) for item in safe.trace.exchanges()]
    recorded = [tuple(one.at_us for one in item.messages or ()) for item in items]
    assert sorted(second - first for first, second in found) == sorted(b - a for a, b in recorded)
    assert set(found) != set(recorded)
