"""Which request takes its value from which answer, in a schedule."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from smartsandbox.packs.model import Exchange, FailureKind
from smartsandbox.packs.places import Answer
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.drive.correlation.binder import Binder
from smartsandbox.replay_engine.drive.correlation.instances import Instances
from smartsandbox.replay_engine.drive.correlation.uses import uses
from smartsandbox.replay_engine.drive.pacing import Schedule
from smartsandbox.replay_engine.rows import Rows


def made(name: str, order: str, *, session: str = "s1", at: int = 0, **given: FailureKind) -> Exchange:
    return an_exchange(
        name, a_request("POST", "/orders"), a_response(201, json={"id": order}), at_us=at, session=session, **given
    )


def got(name: str, order: str, *, session: str = "s1", at: int = 1) -> Exchange:
    return an_exchange(name, a_request("GET", f"/orders/{order}"), a_response(), at_us=at, session=session)


def found(folder: Path, exchanges: list[Exchange], chosen: list[int] | None = None, *turns: int) -> Instances:
    pack = make_pack(folder, exchanges)
    rows = Rows.load(pack)
    places = list(range(len(rows))) if chosen is None else chosen
    plan = Schedule(np.array(places), np.arange(len(places), dtype=float), np.array(turns or [0] * len(places)))
    return Instances.of(uses(pack, rows, plan))


def test_each_session_takes_from_its_own_answer(tmp_path: Path) -> None:
    exchanges = [made("a", "ord_11111"), made("b", "ord_22222", session="s2", at=1)]
    exchanges += [got("c", "ord_22222", session="s2", at=2), got("d", "ord_11111", at=3)]

    assert found(tmp_path, exchanges).waits == [(1, 2), (0, 3)]


def test_another_session_s_value_is_taken_where_a_link_says_so(tmp_path: Path) -> None:
    exchanges = [made("a", "ord_11111"), got("b", "ord_11111", at=1), got("c", "ord_11111", session="s2", at=2)]

    assert found(tmp_path, exchanges).waits == [(0, 1), (0, 2)]


def test_a_value_that_no_link_speaks_of_is_left_alone(tmp_path: Path) -> None:
    exchanges = [made("a", "ord_11111"), got("b", "ord_11111", session="s2", at=2)]

    assert found(tmp_path, exchanges) == Instances()


def test_each_round_of_a_loop_takes_from_its_own_answer(tmp_path: Path) -> None:
    exchanges = [made("a", "ord_11111"), got("b", "ord_11111")]

    assert found(tmp_path, exchanges, [0, 0, 1, 1], 0, 1, 1, 0).waits == [(1, 2), (0, 3)]
    assert found(tmp_path, exchanges, [0, 1, 0, 1, 0], 0, 0, 1, 1, 2).waits == [(0, 1), (2, 3)]


def test_outside_a_window_there_is_nothing_to_take_from(tmp_path: Path) -> None:
    exchanges = [made("a", "ord_11111"), got("b", "ord_11111")]

    assert found(tmp_path, exchanges, [1]).needs == {}


def test_a_live_value_changes_what_needs_it_and_a_missing_one_is_told(tmp_path: Path) -> None:
    exchanges = [
        made("a", "ord_11111"),
        got("b", "ord_11111"),
        made("c", "ord_22222", at=2),
        got("d", "ord_22222", at=3),
    ]
    binder = Binder(found(tmp_path, exchanges))
    assert binder.missing(1)
    binder.answered(0, 7, Answer([], b'{"id":"live_9"}'))
    binder.answered(2, 7, Answer([], b'{"error":"no"}'))

    assert not binder.missing(1)
    assert [(slot.location, slot.pointer, live) for slot, live in binder.changes(1, 7)] == [
        ("path", "order_id", "live_9")
    ]
    assert binder.missing(3)
    assert binder.changes(3, 7) == []
    assert binder.names(7) == {"ord_11111": "live_9"}
    assert binder.names(8) == {}


def test_the_recorded_answer_changes_nothing(tmp_path: Path) -> None:
    binder = Binder(found(tmp_path, [made("a", "ord_11111"), got("b", "ord_11111")]))
    binder.same(0)

    assert not binder.missing(1)
    assert binder.changes(1, 0) == []
