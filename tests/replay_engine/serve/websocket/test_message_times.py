"""Dates in what a served WebSocket says follow the clock that its session had when it was opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import EPOCH_US, a_request, a_response, a_socket, an_exchange, make_pack, received, sent
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.moments import SECOND, http_date
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.rewriting.messages import clock_in, setting
from smartsandbox.replay_engine.testing import Exchanger
from smartsandbox.replay_engine.virtual_time import VirtualTime
from smartsandbox.replay_engine.websocket.testing import OFFER, Client, asking

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
"""10 h 13 min 20 s short of 120 weeks after the recording, which began on 2023-11-14 at 22:13:20."""
TICK = {"at": "2023-11-14T22:13:22Z", "day": "2023-11-30", "expires_at": 1_700_003_602, "expires_in": 3600, "n": 17}
TALK = (
    received(0, "plain 2023-11-14T22:13:20Z"),
    received(2 * SECOND, TICK),
    sent(3 * SECOND, {"since": "2023-11-14T22:13:22Z"}),
    received(4 * SECOND, {"for": 1}),
    sent(5 * SECOND, {"since": "2023-11-20T00:00:00Z"}),
    received(6 * SECOND, {"for": 2}),
)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    dated = a_response(json={}, headers=(("Date", http_date(EPOCH_US)),))
    return make_pack(tmp_path, [an_exchange("p", a_request(), dated), a_socket("w1", TALK)])


class Served:
    """The pack served from `NOON` on; `pass_` lets time pass inside and outside alike."""

    def __init__(self, pack: Pack, options: ServeOptions | None = None) -> None:
        self.now, self.clock = NOON, VirtualClock()
        chosen = replace(options or ServeOptions(latency=Scaled(1.0)), wall=lambda: self.now)
        self.exchanger = Exchanger(pack, self.clock, chosen)

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.clock.advance(seconds)

    def open(self, *lines: str) -> Client:
        client = Client(self.exchanger)
        client.send(asking(*OFFER, *lines))
        self.pass_(0.001)
        assert client.head().startswith(b"HTTP/1.1 101 ")
        return client


def said(client: Client) -> list[Any]:
    return [orjson.loads(value) if value[:1] == b"{" else value for value in client.heard()]  # type: ignore[arg-type]


def test_without_a_clock_messages_are_as_recorded(pack: Pack) -> None:
    served = Served(pack)
    client = served.open()
    served.pass_(2)
    assert said(client) == [b"plain 2023-11-14T22:13:20Z", TICK]


def test_dates_move_by_weeks_and_lives_of_tokens_from_now(pack: Pack) -> None:
    served = Served(pack)
    client = served.open("X-Sandbox-Clock: shift=+1d")
    served.pass_(2)
    expires = int((NOON + timedelta(days=1, seconds=3602)).timestamp())
    moved = {**TICK, "at": "2026-03-03T22:13:22Z", "day": "2026-03-19", "expires_at": expires}
    assert said(client) == [b"plain 2023-11-14T22:13:20Z", moved]


def test_a_clock_that_runs_fast_says_things_sooner(pack: Pack) -> None:
    served = Served(pack)
    client = served.open("X-Sandbox-Clock: shift=+1d,rate=10")
    served.pass_(0.1)
    assert len(said(client)) == 1
    served.pass_(0.1)
    assert said(client)[0]["expires_in"] == 360


def test_a_clock_that_stands_still_keeps_the_distances(pack: Pack) -> None:
    served = Served(pack)
    client = served.open("X-Sandbox-Clock: freeze=2026-03-04T12:00:00Z")
    served.pass_(1.9)
    assert len(said(client)) == 1
    served.pass_(0.1)
    assert said(client)[0]["at"] == "2026-03-03T22:13:22Z"


def test_what_the_client_says_is_moved_back_before_it_is_compared(pack: Pack) -> None:
    served = Served(pack, ServeOptions(latency=Scaled(0.0)))
    client = served.open("X-Sandbox-Clock: shift=+1d")
    said(client)
    client.say(sent(0, {"since": "2026-03-09T00:00:00Z"}))  # the second of two alike, 120 weeks later
    assert said(client) == [{"for": 1}, {"for": 2}]


def test_a_socket_keeps_the_clock_that_it_was_opened_with(pack: Pack) -> None:
    served = Served(pack)
    client = served.open("X-Sandbox-Session: s", "X-Sandbox-Clock: shift=+1d")
    served.exchanger.ask(asking("X-Sandbox-Session: s", "X-Sandbox-Clock: off", target="/v1/ping"))
    served.pass_(2)
    assert said(client)[1]["at"] == "2026-03-03T22:13:22Z"


@given(
    st.integers(-(10**17), 10**17), st.integers(0, 10**17), st.floats(0, 1e6, allow_nan=False, allow_subnormal=False)
)
def test_a_clock_comes_through_the_header_unchanged(virtual: int, real: int, rate: float) -> None:
    clock = VirtualTime(virtual, real, rate)
    head = b"HTTP/1.1 101 X\r\nX-Sandbox-Clock: 2026-01-01T00:00:00Z%s\r\n\r\n" % setting(clock)
    assert clock_in(head) == clock
    assert clock_in(head.replace(b"; ", b"x")) is None
