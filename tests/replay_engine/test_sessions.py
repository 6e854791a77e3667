"""Cursors are kept by session, bounded, and forgotten in one step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.candidates import Candidates
from smartsandbox.replay_engine.sessions import SNAPSHOTS, Exhausted, Session, Sessions, choose

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


def test_a_session_goes_back_to_the_state_after_any_kept_step() -> None:
    session = Session("s", history=2)
    for _ in range(3):
        session.advance(THREE)
        session.commit()
    assert [session.rewind(step) for step in (4, 1, -1)] == [False, False, False]
    assert (session.asked, session.oldest, session.position(THREE)) == (3, 2, 3)
    assert session.rewind(2)
    assert (session.asked, session.position(THREE)) == (2, 2)
    assert not session.rewind(3)
    assert session.rewind(0)
    assert (session.asked, session.position(THREE)) == (0, 0)


def test_a_clone_has_seen_the_same_and_goes_its_own_way() -> None:
    sessions = Sessions(10, history=5)
    sessions.of("a").advance(THREE)
    sessions.of("a").commit()
    twin = sessions.clone("a", "b")
    twin.advance(THREE)
    assert [sessions.of(name).position(THREE) for name in ("a", "b")] == [1, 2]
    assert twin.rewind(1)
    assert twin.position(THREE) == 1


def test_a_snapshot_can_be_restored_again_and_again_until_a_thousand_are_newer() -> None:
    sessions = Sessions(10)
    first = sessions.snapshot("a")
    for _ in range(2):
        sessions.of("a").advance(THREE)
        restored = sessions.restore(first, "a")
        assert restored is not None
        assert restored.position(THREE) == 0
    numbers = [sessions.snapshot("a") for _ in range(SNAPSHOTS)]
    assert sessions.restore(first, "a") is None
    assert sessions.restore(numbers[0], "other") is not None


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 4)),
        st.tuples(st.just("rewind"), st.integers(0, 6)),
        st.tuples(st.just("snapshot"), st.integers(0, 3)),
        st.tuples(st.just("restore"), st.integers(0, 3)),
    ),
    max_size=40,
)


@given(OPERATIONS)
def test_any_way_back_and_forth_equals_asking_from_the_start(operations: list[tuple[str, int]]) -> None:
    """The model of a session is the list of what it asked for."""
    sessions = Sessions(10, history=100)
    lists = [Candidates(serial, [1]) for serial in range(5)]
    asked: list[int] = []
    kept: dict[int, tuple[int, list[int]]] = {}
    for name, number in operations:
        session = sessions.of("s")
        if name == "ask":
            session.advance(lists[number])
            session.commit()
            asked.append(number)
        elif name == "rewind":
            assert session.rewind(number) == (number <= len(asked))
            asked = asked[:number]
        elif name == "snapshot":
            kept[number] = sessions.snapshot("s"), list(asked)
        elif number in kept:
            sessions.restore(kept[number][0], "s")
            asked = list(kept[number][1])
        found = [sessions.of("s").position(candidates) for candidates in lists]
        assert (found, sessions.of("s").asked) == ([asked.count(serial) for serial in range(5)], len(asked))
