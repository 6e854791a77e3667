"""A served WebSocket without a socket, on a clock that the test moves; the client's frames are made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from smartsandbox.packs.model import LOST, Message
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, a_socket, an_exchange, closed, make_pack, received, sent
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.chaos import chaos_of
from smartsandbox.replay_engine.serve.options import Limits, ServeOptions
from smartsandbox.replay_engine.testing import Exchanger, KeptTransport
from smartsandbox.replay_engine.websocket.testing import KEY, OFFER, Client, asking
from smartsandbox.replay_engine.websocket.turns import Unknown

SECOND = 1_000_000
TALK = (
    received(1 * SECOND, "hello"),
    sent(3 * SECOND, {"op": "sub", "id": 7}),
    received(4 * SECOND, {"ok": True}),
    received(6 * SECOND, b"\x00\xff"),
    closed(9 * SECOND, 4001, "enough"),
)
PROTOCOL = (("Sec-WebSocket-Protocol", "feed.v2"),)


Made = Callable[..., tuple[Exchanger, VirtualClock]]


@pytest.fixture
def serve(tmp_path: Path) -> Made:
    def make(*messages: Message, answer_headers: tuple[tuple[str, str], ...] = (), **options: object) -> object:
        item = a_socket("w1", messages)
        if answer_headers and item.response is not None:
            headers = (*item.response.headers, *answer_headers)
            item = a_socket("w1", messages, headers=headers)
        pack: Pack = make_pack(tmp_path, [item, an_exchange("p", a_request(), a_response(json={"n": 1}), at_us=9)])
        clock = VirtualClock()
        return Exchanger(pack, clock, ServeOptions(**{"latency": Scaled(0.0), **options})), clock  # type: ignore[arg-type]

    return make  # type: ignore[return-value]


def opened(served: Exchanger, *lines: str) -> Client:
    client = Client(served)
    client.send(asking(*OFFER, *lines))
    assert client.head().startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    return client


def test_the_handshake_is_that_of_the_standard_and_says_test_only(serve: Made) -> None:
    client = Client(serve(*TALK)[0])
    client.send(asking(*OFFER))
    assert client.head().split(b"\r\n") == [
        b"HTTP/1.1 101 Switching Protocols",
        b"X-Sandbox-Exchange: w1",
        b"X-Sandbox-Match: exact",
        b"X-Sandbox: TEST ONLY",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]


def test_without_latency_the_server_says_all_that_it_may(serve: Made) -> None:
    client = opened(serve(*TALK)[0])
    assert client.heard() == [b"hello"]
    client.say(sent(0, {"op": "sub", "id": 7}))
    assert client.heard() == [b'{"ok":true}', b"\x00\xff", (4001, b"enough")]


def test_messages_keep_their_recorded_distance(serve: Made) -> None:
    served, clock = serve(*TALK, latency=Scaled(1.0))
    client = Client(served)
    client.send(asking(*OFFER))
    assert client.transport.written == b""
    clock.advance(0.001)
    client.head()
    clock.advance(0.999)
    assert client.heard() == []
    clock.advance(0.001)
    assert client.heard() == [b"hello"]
    clock.advance(60)
    client.say(sent(0, {"op": "sub", "id": 7}))
    clock.advance(0.99)
    assert client.heard() == []
    clock.advance(0.02)
    assert client.heard() == [b'{"ok":true}']
    clock.advance(2)
    assert client.heard() == [b"\x00\xff"]
    clock.advance(3)
    assert client.heard() == [(4001, b"enough")]


def test_the_pace_is_that_of_the_latency(serve: Made) -> None:
    served, clock = serve(*TALK, latency=Scaled(0.5))
    client = Client(served)
    client.send(asking(*OFFER))
    clock.advance(0.502)
    client.head()
    assert client.heard() == [b"hello"]


def test_what_was_sent_with_the_handshake_is_heard_after_it(serve: Made) -> None:
    served, _ = serve(*TALK)
    client = Client(served)
    client.send(asking(*OFFER) + client.frames.message(TALK[1]))
    client.head()
    assert client.heard() == [b"hello", b'{"ok":true}', b"\x00\xff", (4001, b"enough")]


def test_both_ends_close_and_then_the_connection_ends(serve: Made) -> None:
    served, _ = serve(*TALK)
    client = opened(served)
    client.say(TALK[1])
    client.heard()
    assert client.transport.ended == ""
    client.send(client.frames.close(4001, "enough"))
    assert client.transport.ended == "close"
    client.transport.protocol.connection_lost(None)
    assert (served.service.connections, served.service.sockets) == (set(), set())


def test_a_client_that_closes_gets_its_code_back(serve: Made) -> None:
    client = opened(serve(*TALK)[0])
    client.heard()
    client.say(closed(0, 4100, "bye"))
    assert client.heard() == [(4100, b"")]
    assert client.transport.ended == "close"


def test_a_lost_connection_breaks_off(serve: Made) -> None:
    client = opened(serve(received(5, "hi"), closed(9, LOST))[0])
    assert client.transport.ended == "abort"


@pytest.mark.parametrize(
    ("data", "code"), [(b"\x81\x02\xff\xfe", 1002), (b"\x81\x82\0\0\0\0\xff\xfe", 1007), (b"\x83\x80\0\0\0\0", 1002)]
)
def test_a_broken_rule_is_closed_with_its_code(serve: Made, data: bytes, code: int) -> None:
    served, _ = serve(*TALK)
    client = opened(served)
    client.heard()
    client.send(data)
    assert client.heard() == [(code, b"")]
    assert client.transport.ended == "close"
    assert served.service.responder.journal.sockets.faults == 1


def test_a_message_over_the_limit_is_closed_with_1009(serve: Made) -> None:
    client = opened(serve(*TALK, limits=Limits(body_bytes=100))[0])
    client.heard()
    client.say(sent(0, "x" * 101))
    assert client.heard() == [(1009, b"")]


def test_pings_are_answered_and_a_silent_client_is_asked_then_dropped(serve: Made) -> None:
    served, _ = serve(*TALK, limits=Limits(idle_seconds=10))
    client = opened(served)
    client.heard()
    client.send(b"\x89\x82\0\0\0\0hi")
    assert client.transport.written[client.read :] == b"\x8a\x02hi"
    client.read += 4
    for _ in range(11):
        served.service.second += 1
        client.transport.protocol.expire()  # type: ignore[attr-defined]
    assert client.transport.written[client.read :] == b"\x89\x00"
    for _ in range(10):
        served.service.second += 1
        client.transport.protocol.expire()  # type: ignore[attr-defined]
    assert client.transport.ended == "abort"


def test_going_away_and_another_pack_close_with_their_codes(serve: Made) -> None:
    served, _ = serve(*TALK)
    one, other = opened(served), opened(served)
    one.heard()
    other.heard()
    one.transport.protocol.drain()  # type: ignore[attr-defined]
    served.service.sockets.discard(one.transport.protocol)  # type: ignore[arg-type]
    served.service.install(served.service.responder, served.service.admin)
    assert (one.heard(), other.heard()) == ([(1001, b"")], [(1012, b"")])


@pytest.mark.parametrize(
    ("unknown", "answers"),
    [
        (Unknown.ADVANCE, [b'{"ok":true}', b"\x00\xff", (4001, b"enough")]),
        (Unknown.IGNORE, []),
        (Unknown.CLOSE, [(1008, b"")]),
    ],
)
def test_what_nobody_recorded_does_what_it_is_set_to(serve: Made, unknown: Unknown, answers: list[object]) -> None:
    served, _ = serve(*TALK, unknown_message=unknown)
    client = opened(served)
    client.heard()
    client.say(sent(0, "something else"))
    assert client.heard() == answers
    assert served.service.responder.journal.counts()["websockets"]["unknown"] == 1


def test_the_recorded_subprotocol_is_spoken_with_who_offers_it(serve: Made) -> None:
    served, _ = serve(*TALK, answer_headers=PROTOCOL)
    for offered, spoken in (("chat, feed.v2", True), ("chat", False)):
        client = opened(served, f"Sec-WebSocket-Protocol: {offered}")
        assert (b"Sec-WebSocket-Protocol: feed.v2" in client.head()) is spoken


def test_compression_is_agreed_on(serve: Made) -> None:
    client = opened(serve(received(0, "x" * 1000))[0], "Sec-WebSocket-Extensions: permessage-deflate")
    assert b"Sec-WebSocket-Extensions: permessage-deflate" in client.head()
    assert len(client.transport.written) - client.read < 100


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("Connection: Upgrade", "Upgrade: websocket", KEY), b"426"),
        (("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"), b"400"),
        (("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 8", KEY), b"426"),
    ],
)
def test_half_a_handshake_is_refused(serve: Made, lines: tuple[str, ...], status: bytes) -> None:
    client = Client(serve(*TALK)[0])
    client.send(asking(*lines))
    assert client.transport.written[9:12] == status


@pytest.mark.parametrize("lines", [(), ("Connection: Upgrade", "Upgrade: h2c"), ("Upgrade: websocket",)])
def test_a_handshake_asked_as_a_page_is_told_how_to_ask(serve: Made, lines: tuple[str, ...]) -> None:
    served, _ = serve(*TALK)
    client = Client(served)
    client.send(asking(*lines))
    head, _, body = client.transport.written.partition(b"\r\n\r\n")
    fields = head.split(b"\r\n")
    assert fields[0] == b"HTTP/1.1 426 Upgrade Required"
    assert {b"Upgrade: websocket", b"Connection: Upgrade", b"X-Sandbox: TEST ONLY", b"X-Sandbox-Exchange: w1"} <= {
        *fields
    }
    assert b"Content-Length: %d" % len(body) in fields
    assert b"ask with Connection: Upgrade" in body
    client.transport.written = b""
    client.send(asking(*OFFER))  # the connection stays, and may still become a WebSocket
    assert client.transport.written.startswith(b"HTTP/1.1 101 ")


def test_chaos_hits_a_handshake_asked_as_a_page(serve: Made) -> None:
    client = Client(serve(*TALK, effects=(chaos_of("", 1),))[0])
    client.send(asking("X-Chaos: reset"))
    assert (client.transport.ended, client.transport.written) == ("abort", b"")


def test_an_offer_where_none_was_recorded_is_declined_as_any_other(serve: Made) -> None:
    client = Client(serve(*TALK)[0])
    client.send(asking(*OFFER, target="/v1/ping") + asking(target="/v1/ping"))
    assert client.transport.written.count(b"HTTP/1.1 200 OK") == 2
    unmatched = Client(serve(*TALK)[0])
    unmatched.send(asking(*OFFER, target="/v1/nothing/here"))
    assert unmatched.transport.written[9:12] == b"404"


def test_chaos_may_hit_the_handshake(serve: Made) -> None:
    served, _ = serve(*TALK, effects=(chaos_of("", 1),))
    for chaos, ended, written in (("reset", "abort", b""), ("status=503", "", b"503")):
        client = Client(served)
        client.send(asking(*OFFER, f"X-Chaos: {chaos}"))
        assert (client.transport.ended, client.transport.written[9:12]) == (ended, written)


def test_a_slow_reader_is_not_talked_at(serve: Made) -> None:
    served, _ = serve(*(received(at, f"n{at}") for at in range(5)), sent(9, "more"), received(10, "last"))
    client = opened(served)
    assert len(client.heard()) == 5
    client.transport.protocol.pause_writing()
    client.say(sent(0, "more"))
    assert (client.heard(), client.transport.reading) == ([], False)
    client.transport.protocol.resume_writing()
    assert (client.heard(), client.transport.reading) == ([b"last"], True)
    assert isinstance(client.transport, KeptTransport)
