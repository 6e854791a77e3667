"""Cursors are kept by session, bounded, and forgotten in one step."""

import pytest

from smartsandbox.replay_engine.candidates import Candidates
from smartsandbox.replay_engine.sessions import Exhausted, Sessions, choose

THREE = Candidates(0, [10, 20, 30])


@pytest.mark.parametrize(
    ("policy", "answers"),
    [
        (Exhausted.LAST, [10, 20, 30, 30, 30]),
        (Exhausted.CYCLE, [10, 20, 30, 10, 20]),
        (Exhausted.FAIL, [10, 20, 30, None, None]),
    ],
)
def test_after_the_last_recorded_answer_the_policy_decides(policy: Exhausted, answers: list[int | None]) -> None:
    assert [choose(THREE, position, policy) for position in range(5)] == answers


def test_sessions_advance_apart_and_so_do_lists() -> None:
    sessions = Sessions(10)
    other = Candidates(1, [1])
    asked = [("a", THREE), ("a", THREE), ("b", THREE), ("a", other), ("a", THREE)]
    assert [sessions.of(name).advance(candidates) for name, candidates in asked] == [0, 1, 0, 0, 2]


def test_the_session_idle_longest_is_forgotten_and_counted() -> None:
    sessions = Sessions(2)
    for name in ("a", "b", "a", "c"):
        sessions.of(name).advance(THREE)
    assert (len(sessions), sessions.evicted) == (2, 1)
    assert sessions.of("a").advance(THREE) == 2
    assert sessions.of("b").advance(THREE) == 0


def test_reset_forgets_one_session_or_all() -> None:
    sessions = Sessions(10)
    for name in ("a", "b", "c"):
        sessions.of(name).advance(THREE)
    assert sessions.reset("a") == 1
    assert sessions.reset("a") == 0
    assert sessions.reset() == 2
    assert sessions.of("b").advance(THREE) == 0
