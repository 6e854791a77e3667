"""Served latency: drawn from the recording whatever row answers, and growing with load where the recording did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import FailureKind
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import AT_ONCE, Wait
from smartsandbox.replay_engine.report.distances import ks
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.effects import Effect, Served
from smartsandbox.replay_engine.serve.latency import LoadedLatency, latency_of
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.sessions import Session
from smartsandbox.replay_engine.testing import Exchanger

N = 1000
RECORDED = np.random.default_rng(3).lognormal(10.0, 0.8, N).astype(np.int64)
ANSWER = Answer(AT_ONCE, b"HTTP/1.1 200 OK\r\n\r\n", b"hello")


@pytest.fixture(scope="module")
def timed_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """One endpoint with a thousand rows, each with a path of its own; the first byte comes at half of the time."""
    return make_pack(
        tmp_path_factory.mktemp("timed"),
        [
            an_exchange(
                f"e{at:04}",
                a_request(target=f"/a/{at}"),
                a_response(body=b"hello"),
                at_us=at * 100,
                ttfb_us=int(took) // 2,
                total_us=int(took),
                endpoint="GET /a/{id}",
            )
            for at, took in enumerate(RECORDED)
        ],
    )


def effect(pack: Pack, name: str, seed: int = 0) -> Effect:
    _, (make,) = latency_of(name, seed)
    return make(pack, Rows.load(pack))


def last_bytes(latency: Effect, rows: list[int], session: str = "s", begun: float = 0.0) -> list[int]:
    """Microseconds to the last byte of a session's requests, one for each row."""
    who = Session(session)
    plans = [
        latency.apply(ANSWER, Served(LiveRequest("GET", b"/", {}, b"", begun), row, who, at)).plan
        for at, row in enumerate(rows)
    ]
    return [max(step.until_us for step in plan if isinstance(step, Wait)) for plan in plans]


@pytest.mark.parametrize("rows", [[7] * N, list(range(N)), list(range(0, N, 10)) * 10])
def test_a_thousand_requests_have_the_times_of_their_endpoint_whatever_row_answers(
    timed_pack: Pack, rows: list[int]
) -> None:
    took = last_bytes(effect(timed_pack, "fitted"), rows)

    assert ks(RECORDED.astype(np.float64), np.array(took, np.float64)) < 0.02


def test_one_endpoint_is_as_evenly_spread_among_others(tmp_path: Path) -> None:
    # Two of three requests go to other endpoints, in no order.
    paths = np.random.default_rng(5).integers(0, 3, 3 * 128).tolist()
    exchanges = [
        an_exchange(
            f"e{path}{at:02}",
            a_request(target=f"/{path}"),
            a_response(),
            ttfb_us=0,
            total_us=at + 1,
            endpoint=f"GET /{path}",
        )
        for path in range(3)
        for at in range(64)
    ]
    pack = make_pack(tmp_path, exchanges)
    starts = [Rows.load(pack).endpoint.codes.tolist().index(code) for code in range(3)]
    took = last_bytes(effect(pack, "fitted"), [starts[path] for path in paths])

    first = [time for time, path in zip(took, paths, strict=True) if path == 0][:64]
    assert sorted(first) == list(range(1, 65))


def test_the_seed_and_the_session_decide_the_times(timed_pack: Pack) -> None:
    rows = [1] * 100
    took = last_bytes(effect(timed_pack, "fitted", 1), rows)

    assert took == last_bytes(effect(timed_pack, "fitted", 1), rows)
    assert took != last_bytes(effect(timed_pack, "fitted", 2), rows)
    assert took != last_bytes(effect(timed_pack, "fitted", 1), rows, "another")


def test_the_first_byte_is_sent_apart_from_the_last(timed_pack: Pack) -> None:
    _, effects = latency_of("fitted", 0)
    clock = VirtualClock()
    served = Exchanger(timed_pack, clock, ServeOptions(effects=effects))
    (last,) = last_bytes(effect(timed_pack, "fitted"), [7], "session s")
    connection, transport = served.connect()
    connection.data_received(b"GET /a/7 HTTP/1.1\r\nHost: x\r\nX-Sandbox-Session: s\r\n\r\n")

    seen = []
    for until in (last // 2 - 1, last // 2 + 1, last - 1, last + 1):
        clock.advance(until / 1e6 - clock.now())
        seen.append((bool(transport.written), transport.written.endswith(b"hello")))
    assert seen == [(False, False), (True, False), (True, False), (True, True)]


def test_what_was_never_answered_keeps_its_own_plan(shop_pack: Pack) -> None:
    rows = Rows.load(shop_pack)
    failed = next(row for row in range(len(rows)) if rows.failure(row) is FailureKind.TRUNCATED)
    served = Served(LiveRequest("GET", b"/cut", {}, b"", 0.0), failed, Session("s"), 0)

    assert effect(shop_pack, "fitted").apply(ANSWER, served) is ANSWER


def test_a_loaded_endpoint_answers_slower_the_more_are_on_their_way(tmp_path: Path) -> None:
    # Every 100 ms a wave of 1 to 8 requests, all of which take 10 ms times their number, as one server would have it.
    waves = [(wave * 100_000, 1 + wave % 8) for wave in range(100)]
    spans = [(at + n, 10_000 * (n + 1)) for at, size in waves for n in range(size)]
    exchanges = [
        an_exchange(f"e{at:08}", a_request(target="/a"), a_response(), at_us=at, ttfb_us=None, total_us=took)
        for at, took in spans
    ]
    loaded = effect(make_pack(tmp_path, exchanges), "loaded")
    assert isinstance(loaded, LoadedLatency)

    assert loaded.facts()["latency"]["laws"] == {"GET /a": {"free": 0.0, "slope": 1.0}}
    assert last_bytes(loaded, [0] * 12) == pytest.approx([10_000 * n for n in range(1, 13)], abs=1)
    assert last_bytes(loaded, [0], begun=1.0) == pytest.approx([10_000], abs=1)
    assert loaded.facts()["latency"]["most_in_flight"] == 12


def test_a_capture_without_contention_says_that_it_supports_no_law(timed_pack: Pack) -> None:
    loaded = effect(timed_pack, "loaded")
    assert isinstance(loaded, LoadedLatency)

    assert loaded.facts()["latency"]["laws"]["GET /a/{id}"].keys() == {"unfitted"}
    assert last_bytes(loaded, [1] * 50) == last_bytes(effect(timed_pack, "fitted"), [1] * 50)


def test_a_pack_without_times_cannot_be_fitted(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [an_exchange("e", a_request(), a_response(), ttfb_us=None, total_us=None)])
    with pytest.raises(UsageError, match="has none: use --latency none"):
        effect(pack, "fitted")
