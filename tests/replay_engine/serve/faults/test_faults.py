"""Each kind of fault on one answer, by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from smartsandbox.replay_engine.course import Course
from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.plan import AT_ONCE, Close, Reset
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.faults import FAULTS
from smartsandbox.replay_engine.serve.faults.base import Outgoing

BODY = json.dumps({"name": "x" * 200}).encode()
ANSWER = Answer(AT_ONCE, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", BODY)
COURSE = Course(100, 300)


def struck(name: str, value: str = "", body: bytes = BODY, ordinal: int = 0) -> tuple[Answer, Course, str]:
    answer = Answer(AT_ONCE, ANSWER.head, body)
    outgoing, word = FAULTS[name].make(value).apply(Outgoing(answer, COURSE), Draw(0, "s", ordinal))
    return outgoing.answer, outgoing.course, word


@pytest.mark.parametrize(
    ("name", "value", "course", "word"),
    [
        ("latency", "300ms", Course(300_100, 300_300), "300ms"),
        ("latency", "0.5s", Course(500_100, 500_300), "500ms"),
        ("reset", "", Course(100, 300, False, Reset()), "reset"),
        ("close", "", Course(100, 300, False, Close()), "close"),
        ("timeout", "", Course(60_000_000, 300, False, Close()), "hang"),
        ("timeout", "2s", Course(2_000_000, 300, False, Close()), "hang"),
        (
            "truncate",
            "",
            Course(100, 300, True, Close(), keep=len(BODY) // 2),
            f"{len(BODY) // 2} of {len(BODY)} bytes",
        ),
        ("bandwidth", "64kbit", Course(100, 300, bytes_per_second=8000.0), "64kbit"),
        ("bandwidth", "100kB/s", Course(100, 300, bytes_per_second=100_000.0), "100kB/s"),
        ("slow_head", "2s", Course(100, 300, head_us=2_000_000), "2s"),
    ],
)
def test_a_fault_of_the_course_leaves_the_bytes(name: str, value: str, course: Course, word: str) -> None:
    answer, changed, told = struck(name, value)

    assert (changed, told) == (course, word)
    assert (answer.head, answer.body) == (ANSWER.head, BODY)


def test_truncating_nothing_is_no_answer() -> None:
    assert struck("truncate", body=b"")[1] == Course(100, 300, False, Close(), keep=0)


@pytest.mark.parametrize(("name", "value", "statuses"), [("5xx", "", {500, 502, 503, 504}), ("status", "451", {451})])
def test_an_injected_status_is_a_problem_of_that_status(name: str, value: str, statuses: set[int]) -> None:
    found = {int(struck(name, value, ordinal=at)[2]) for at in range(100)}
    answer, course, word = struck(name, value)

    assert found == statuses
    assert answer.head.startswith(f"HTTP/1.1 {word} ".encode())
    assert json.loads(answer.body)["status"] == int(word)
    assert f"Content-Length: {len(answer.body)}\r\n".encode() in answer.head
    assert b"TEST ONLY" in answer.head
    assert course == COURSE


def test_an_overload_says_when_to_come_back() -> None:
    assert b"Retry-After: 1\r\n" in struck("status", "503")[0].head
    assert b"Retry-After" not in struck("status", "500")[0].head


@pytest.mark.parametrize("body", [BODY, b'{"a":1}', b"\xff" * 100, b"1"])
def test_a_corrupt_body_has_its_length_and_is_no_json(body: bytes) -> None:
    broken = struck("corrupt", body=body)[0].body

    assert len(broken) == len(body)
    assert broken != body
    with pytest.raises(ValueError):
        json.loads(broken)


def test_an_empty_body_cannot_be_corrupt() -> None:
    assert struck("corrupt", body=b"")[0].body == b""


@pytest.mark.parametrize(
    ("value", "low", "middle", "high"),
    [
        ("300ms~50ms", 250, 300, 350),
        ("100ms..200ms", 100, 150, 200),
        ("exp:100ms", 0, 100 * np.log(2), 1500),
        ("lognormal:100ms:0.5", 1, 100, 3000),
    ],
)
def test_drawn_latency_follows_its_law(value: str, low: float, middle: float, high: float) -> None:
    took = [(struck("latency", value, ordinal=at)[1].first_us - 100) / 1000 for at in range(640)]

    assert low <= min(took)
    assert max(took) <= high
    assert float(np.median(took)) == pytest.approx(middle, rel=0.05)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latency", ""),
        ("latency", "fast"),
        ("latency", "-1ms"),
        ("latency", "11m"),
        ("latency", "2s..1s"),
        ("latency", "lognormal:1s"),
        ("latency", "lognormal:1s:nan"),
        ("status", "200"),
        ("status", "60"),
        ("status", "\u0665\u0660\u0663"),
        ("5xx", "503"),
        ("reset", "1s"),
        ("close", "x"),
        ("timeout", "x"),
        ("truncate", "50"),
        ("corrupt", "x"),
        ("bandwidth", "0kbit"),
        ("bandwidth", "64"),
        ("slow_head", ""),
    ],
)
def test_a_value_that_cannot_be_read_says_what_is_taken(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"^takes a "):
        FAULTS[name].make(value)
