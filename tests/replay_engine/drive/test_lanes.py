"""What waits for what."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.model import Exchange, FailureKind
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.drive.lanes import NEVER, Span, lanes, precedence
from smartsandbox.replay_engine.rows import Rows


def pairs(*spans: tuple[int, int]) -> set[tuple[int, int]]:
    return set(precedence([Span(at, start, end) for at, (start, end) in enumerate(spans)]))


def test_one_after_another_waits_for_the_one_before_only() -> None:
    assert pairs((0, 5), (10, 15), (20, 25)) == {(0, 1), (1, 2)}


def test_what_overlapped_may_overlap_again() -> None:
    assert pairs((0, 50), (10, 20), (30, 40)) == {(1, 2)}


def test_a_request_waits_for_all_that_had_been_answered_and_are_not_implied() -> None:
    assert pairs((0, 20), (5, 25), (30, 40), (50, 60)) == {(0, 2), (1, 2), (2, 3)}


def test_an_answer_of_unknown_end_is_taken_to_have_been_waited_for() -> None:
    assert pairs((0, -1), (10, -1), (10, -1)) == {(0, 1), (1, 2)}


def test_nobody_waits_for_an_answer_that_never_came() -> None:
    assert pairs((0, 5), (10, NEVER), (20, 25), (30, 35)) == {(0, 1), (0, 2), (2, 3)}


@pytest.mark.parametrize("took", [5, None])
@pytest.mark.parametrize("kind", [FailureKind.TIMEOUT, FailureKind.UNANSWERED])
def test_a_request_that_was_given_up_on_holds_neither_its_session_nor_its_twins(
    tmp_path: Path, kind: FailureKind, took: int | None
) -> None:
    found = lanes(Rows.load(make_pack(tmp_path, _unanswered(("/b",), kind, took))), np.arange(4))
    assert found.waits == [0, 1, 1, 1]
    assert found.followers == {0: [1, 2], 2: [3]}


def test_requests_recorded_without_any_answers_keep_their_order(tmp_path: Path) -> None:
    exchanges = _unanswered(("/a", "/b", "/c"), FailureKind.UNANSWERED, None)
    assert lanes(Rows.load(make_pack(tmp_path, exchanges)), np.arange(4)).waits == [0, 1, 1, 1]


def _unanswered(paths: tuple[str, ...], kind: FailureKind, took: int | None) -> list[Exchange]:
    """One session that asks for /a, /b, /b again and /c, 10 us apart; the first requests of some paths fail."""
    made: list[Exchange] = []
    for number, path in enumerate(("/a", "/b", "/b", "/c")):
        fails = path in paths and (len(paths) > 1 or number == 1)
        made.append(
            an_exchange(f"e{number}", a_request(target=path), None if fails else a_response(), at_us=10 * number,
                        total_us=took if fails else 5, ttfb_us=took if fails else 5, failure=kind if fails else None)
        )  # fmt: skip
    return made


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), max_size=12)


@given(SPANS.map(lambda items: sorted((start, start + length) for start, length in items)))
def test_exactly_what_had_ended_comes_before_directly_or_by_way_of_others(spans: list[tuple[int, int]]) -> None:
    before = np.zeros((len(spans), len(spans)), bool)
    for one, other in pairs(*spans):
        before[one, other] = True
    for middle in range(len(spans)):
        before |= before[:, [middle]] & before[[middle], :]
    expected = {(i, j) for j in range(len(spans)) for i in range(j) if spans[i][1] <= spans[j][0]}
    assert {(int(i), int(j)) for i, j in np.argwhere(before)} == expected


def test_rounds_of_a_loop_do_not_wait_for_each_other(tmp_path: Path) -> None:
    exchanges = [
        an_exchange(f"e{n}", a_request(target="/a"), a_response(), session=session, at_us=n)
        for n, session in enumerate(("s1", "s1", None))
    ]
    found = lanes(Rows.load(make_pack(tmp_path, exchanges)), np.tile(np.arange(3), 2), np.repeat([0, 1], 3))
    assert found.waits == [0, 1, 0, 0, 1, 0]
    assert found.followers == {0: [1], 3: [4]}


def test_sessions_do_not_wait_for_each_other_but_twins_of_one_session_do(tmp_path: Path) -> None:
    table = [("s1", "/a", 0), ("s2", "/a", 1), ("s1", "/a", 2), ("s1", "/b", 3), (None, "/a", 4), (None, "/a", 5)]
    exchanges = [
        an_exchange(f"e{n}", a_request(target=path), a_response(), session=session, at_us=at, total_us=1000)
        for n, (session, path, at) in enumerate(table)
    ]
    found = lanes(Rows.load(make_pack(tmp_path, exchanges)), np.arange(6))
    assert found.waits == [0, 0, 1, 0, 0, 1]
    assert found.followers == {0: [2], 4: [5]}
