"""Chaos on what a served WebSocket says, on a clock that the test moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, a_socket, an_exchange, closed, make_pack, received, sent
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.chaos import chaos_of
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import Exchanger
from smartsandbox.replay_engine.websocket.testing import OFFER, Client, asking

SECOND = 1_000_000
COUNTDOWN = (*(received(at * SECOND, f"n{at}" * 10) for at in range(1, 6)), closed(6 * SECOND, 1000))


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    plain = an_exchange("p", a_request(), a_response(json={"n": 1}), at_us=9)
    return make_pack(tmp_path, [a_socket("w1", COUNTDOWN), plain])


class Served:
    """The pack served with chaos for all, and one client that comes from then on."""

    def __init__(self, pack: Pack, server: str = "", *, seed: int = 0, pace: float = 1.0) -> None:
        self.clock = VirtualClock()
        options = ServeOptions(latency=Scaled(pace), effects=(chaos_of(server, seed),))
        self.exchanger = Exchanger(pack, self.clock, options)

    def open(self, *lines: str) -> Client:
        client = Client(self.exchanger)
        client.send(asking(*OFFER, *lines))
        self.clock.advance(0.002)  # opened after 1 ms, and a little more
        assert client.head().startswith(b"HTTP/1.1 101 ")
        return client

    def heard(self, client: Client, seconds: float, step: float = 0.1) -> list[tuple[float, Any]]:
        """What a client hears, and when, to the nearest step."""
        found = []
        for number in range(1, round(seconds / step) + 1):
            self.clock.advance(step)
            found += [(round(number * step, 3), value) for value in client.heard()]
        return found

    def counts(self) -> dict[str, Any]:
        counted: dict[str, Any] = self.exchanger.service.responder.journal.counts()["websockets"]["chaos"]
        return counted

    def notes(self) -> list[str]:
        entries = self.exchanger.service.responder.journal.recent(100)["entries"]
        return [entry["note"] for entry in entries if "note" in entry]


def test_every_message_comes_later_and_none_overtakes(pack: Pack) -> None:
    served = Served(pack)
    client = served.open("X-Chaos: on=messages,latency=300ms")
    assert [at for at, _ in served.heard(client, 7)] == [1.3, 2.3, 3.3, 4.3, 5.3, 6.0]
    assert served.counts() == {"latency": {"messages": 5, "fired": 5, "expected": 5.0}}
    assert served.notes() == [f"chaos message {number}: latency=300ms" for number in range(1, 6)]


def test_the_connection_is_reset_in_the_middle(pack: Pack) -> None:
    served = Served(pack)
    client = served.open("X-Chaos: on=messages,reset,nth=3")
    assert served.heard(client, 9) == [(1.0, b"n1" * 10), (2.0, b"n2" * 10)]
    assert client.transport.ended == "abort"
    assert served.notes() == ["chaos message 3: reset=reset"]


@pytest.mark.parametrize(("fault", "ended_at"), [("close", 2.0), ("timeout=3s", 5.0)])
def test_the_connection_ends_without_a_word(pack: Pack, fault: str, ended_at: float) -> None:
    served = Served(pack)
    client = served.open(f"X-Chaos: on=messages,{fault},nth=2")
    assert len(served.heard(client, ended_at - 0.1)) == 1
    assert client.transport.ended == ""
    assert served.heard(client, 0.2) == []
    assert client.transport.ended == "close"


def test_messages_go_no_faster_than_the_bandwidth_one_after_another(pack: Pack) -> None:
    served = Served(pack, pace=0.0)
    client = served.open("X-Chaos: on=messages,bandwidth=20B")  # 20 bytes each
    assert [at for at, _ in served.heard(client, 6)] == [1.0, 2.0, 3.0, 4.0, 5.0, 5.0]


def test_the_first_ones_only(pack: Pack) -> None:
    served = Served(pack)
    client = served.open("X-Chaos: on=messages,latency=500ms,until=2")
    assert [at for at, _ in served.heard(client, 4)] == [1.5, 2.5, 3.0, 4.0]
    client = served.open("X-Chaos: on=messages,latency=500ms,until=1.5s")  # from when the first was due
    assert [at for at, _ in served.heard(client, 4)] == [1.5, 2.5, 3.0, 4.0]


def test_draws_follow_from_the_seed_and_the_session(pack: Pack) -> None:
    def fired(seed: int, session: str) -> list[float]:
        served = Served(pack, "on=messages,latency=500ms@50%", seed=seed)
        client = served.open(f"X-Sandbox-Session: {session}")
        return [at for at, _ in served.heard(client, 7)]

    seen = [fired(seed, session) for seed in range(3) for session in "ab"]
    assert seen == [fired(seed, session) for seed in range(3) for session in "ab"]
    assert len({tuple(times) for times in seen}) > 1


def test_of_a_session_it_holds_until_it_is_ended_and_answers_are_left_alone(pack: Pack) -> None:
    served = Served(pack, pace=0.0)
    told = b'{"session":"s","chaos":"on=messages,reset"}'
    served.exchanger.ask(b"POST /__sandbox/chaos HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(told) + told)
    plain = served.exchanger.ask(asking("X-Sandbox-Session: s", target="/v1/ping"))
    assert plain.startswith(b"HTTP/1.1 200 OK")
    assert b"X-Sandbox-Chaos" not in plain
    client = served.open("X-Sandbox-Session: s")
    assert b"X-Sandbox-Chaos: on=messages,reset" in client.transport.written
    assert (client.heard(), client.transport.ended) == ([], "abort")
    other = served.open("X-Sandbox-Session: t")
    assert len(other.heard()) == 6


@pytest.mark.parametrize(("part", "why"), [("on=messages,5xx", "takes latency"), ("on=answers", "says on=messages")])
def test_what_a_message_cannot_have_is_refused(pack: Pack, part: str, why: str) -> None:
    client = Client(Served(pack).exchanger)
    client.send(asking(*OFFER, f"X-Chaos: {part}"))
    assert client.transport.written.startswith(b"HTTP/1.1 400 ")
    assert why.encode() in client.transport.written


def test_chaos_waits_for_the_client_as_the_recording_does(tmp_path: Path) -> None:
    talk = (received(0, "hi"), sent(1, "go"), received(SECOND, "gone"))
    served = Served(make_pack(tmp_path, [a_socket("w1", talk)]))
    client = served.open("X-Chaos: on=messages,latency=500ms,nth=2")
    assert client.heard() == [b"hi"]
    assert served.heard(client, 9) == []
    client.say(sent(0, "go"))
    assert served.heard(client, 3) == [(1.5, b"gone")]
