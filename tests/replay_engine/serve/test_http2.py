"""HTTP/2 asked by the client side of the h2 library, without sockets and on a clock that the test moves."""

from __future__ import annotations

import gzip
import itertools
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    InformationalResponseReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.chaos import chaos_of
from smartsandbox.replay_engine.serve.options import Limits, ServeOptions
from smartsandbox.replay_engine.serve.reader import PREFACE
from smartsandbox.replay_engine.testing import Exchanger, KeptTransport

NOW = Scaled(0.0)
ORDER = b'{"n":1, "sku":"x"}'
BIG = b"0123456789" * 40_000


@pytest.fixture(scope="module")
def big_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """One large body, and one answer that HTTP/2 cannot give."""
    answers = [
        an_exchange("big", a_request(target="/big"), a_response(body=BIG)),
        an_exchange("up", a_request(target="/up"), a_response(101, reason="Switching Protocols")),
    ]
    return make_pack(tmp_path_factory.mktemp("big"), answers)


@dataclass
class Answered:
    """What came back on one stream."""

    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    ended: bool = False
    reset: int | None = None
    informed: int = 0


class Client:
    """The client side of one connection; `gone` is the code of the server's GOAWAY."""

    def __init__(
        self, pack: Pack, clock: VirtualClock | None = None, acknowledge: bool = True, **options: object
    ) -> None:
        chosen = ServeOptions(**{"latency": NOW, **options})  # type: ignore[arg-type]
        self.shop = Exchanger(pack, clock or VirtualClock(), chosen)
        self.server, self.transport = self.shop.connect()
        self.frames = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.frames.initiate_connection()
        self.answers: dict[int, Answered] = {}
        self.gone: int | None = None
        self._acknowledge, self._read = acknowledge, 0

    def request(self, target: str, method: str = "GET", body: bytes | None = None, **more: str) -> int:
        """Ask, without sending yet; the stream."""
        number = self.frames.get_next_available_stream_id()
        lines = [(":method", method), (":scheme", "http"), (":authority", "x"), (":path", target), *more.items()]
        lines = [(name.replace("_", "-"), value) for name, value in lines]
        self.frames.send_headers(number, lines, end_stream=body is None)
        if body is not None:
            self.frames.send_data(number, body, end_stream=True)
        self.answers[number] = Answered()
        return number

    def talk(self) -> None:
        """Exchange bytes until nobody has anything more to say."""
        while True:
            data = self.frames.data_to_send()
            if data:
                self.transport.protocol.data_received(data)
            news = self.transport.written[self._read :]
            self._read += len(news)
            if not news and not data:
                return
            for event in self.frames.receive_data(news):
                self._take(event)

    def _take(self, event: object) -> None:
        if isinstance(event, ConnectionTerminated):
            self.gone = event.error_code
        answer = self.answers.get(getattr(event, "stream_id", 0) or 0)
        if answer is None:
            return
        if isinstance(event, ResponseReceived):
            answer.fields = dict(event.headers)
        elif isinstance(event, DataReceived):
            answer.body += event.data
            if self._acknowledge:
                self.frames.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            answer.ended = True
        elif isinstance(event, StreamReset):
            answer.reset = event.error_code
        elif isinstance(event, InformationalResponseReceived):
            answer.informed += 1

    def ask(self, target: str, method: str = "GET", body: bytes | None = None, **more: str) -> Answered:
        """One request and what came of it."""
        number = self.request(target, method, body, **more)
        self.talk()
        return self.answers[number]


def test_the_recorded_answer_comes_back_without_what_belongs_to_http_1(shop_pack: Pack) -> None:
    answer = Client(shop_pack).ask("/balance")
    assert answer.fields == {
        ":status": "200",
        "date": "Tue, 14 Nov 2023 22:13:20 GMT",
        "x-kind": "b",
        "content-type": "application/json",
        "content-length": "10",
        "x-sandbox-exchange": "b1",
        "x-sandbox-match": "exact",
        "x-sandbox": "TEST ONLY",
    }
    assert (answer.body, answer.ended) == (b'{"left":3}', True)


def test_requests_match_as_in_http_1(shop_pack: Pack) -> None:
    client = Client(shop_pack)
    assert client.ask("/me", authorization="Bearer bob").body == b'{"i":"bob"}'
    assert client.ask("/me", x_sandbox_session="sa").body == b'{"i":"alice"}'
    order = client.ask("/orders?a=1&b=2", "POST", ORDER, content_type="application/json")
    assert order.fields[":status"] == "201"
    assert gzip.decompress(client.ask("/text", accept_encoding="gzip").body) == b"word " * 50
    assert client.ask("/nothing/here").fields[":status"] == "404"
    assert client.ask("/__sandbox/health").fields[":status"] == "200"


def test_head_gets_the_head_and_no_body(shop_pack: Pack) -> None:
    answer = Client(shop_pack).ask("/balance", "HEAD")
    assert (answer.fields["content-length"], answer.body, answer.ended) == ("10", b"", True)


def test_cookies_that_came_in_crumbs_are_one_cookie(tmp_path: Path) -> None:
    answers = [
        an_exchange("c1", a_request(target="/a", headers=(("Cookie", "a=1; b=2"),)), a_response(json=1)),
        an_exchange("c2", a_request(target="/a", headers=(("Cookie", "a=1; b=3"),)), a_response(json=2)),
    ]
    client = Client(make_pack(tmp_path, answers))
    crumbs = [(":method", "GET"), (":scheme", "http"), (":authority", "x"), (":path", "/a")]
    client.frames.send_headers(1, [*crumbs, ("cookie", "a=1"), ("cookie", "b=3")], end_stream=True)
    client.answers[1] = Answered()
    client.talk()
    assert client.answers[1].body == b"2"


def test_streams_wait_for_their_own_time_only(shop_pack: Pack) -> None:
    clock = VirtualClock()
    client = Client(shop_pack, clock, latency=Scaled(1.0), limits=Limits(hold_seconds=5))
    silent, balance = client.request("/silent"), client.request("/balance")
    client.talk()
    assert not client.answers[balance].fields
    clock.advance(0.0011)
    client.talk()
    assert (client.answers[balance].fields[":status"], client.answers[balance].body) == ("200", b"")
    clock.advance(0.001)
    client.talk()
    assert client.answers[balance].ended
    clock.advance(4.9)
    client.talk()
    assert client.answers[silent].reset is None
    clock.advance(0.2)
    client.talk()
    assert client.answers[silent].reset == ErrorCodes.CANCEL


def test_recorded_failures_reset_the_stream_and_nothing_else(shop_pack: Pack) -> None:
    client = Client(shop_pack)
    assert client.ask("/reset").reset == ErrorCodes.INTERNAL_ERROR
    cut = client.ask("/cut")
    assert (cut.fields["content-length"], cut.body, cut.ended, cut.reset) == ("8", b"half", False, ErrorCodes.CANCEL)
    assert client.ask("/me").ended


def test_an_answer_that_only_http_1_can_give_says_so(big_pack: Pack) -> None:
    assert Client(big_pack).ask("/up").reset == ErrorCodes.HTTP_1_1_REQUIRED


def test_large_bodies_go_as_far_as_the_window_and_no_further(big_pack: Pack) -> None:
    client = Client(big_pack, acknowledge=False)
    first, second = client.request("/big"), client.request("/big")
    client.talk()
    sent = [len(client.answers[number].body) for number in (first, second)]
    assert sum(sent) == 65_535
    assert min(sent) > 16_000
    client.frames.increment_flow_control_window(1_000_000)
    client.frames.increment_flow_control_window(1_000_000, first)
    client.talk()
    assert client.answers[first].body == BIG
    assert client.answers[first].ended
    assert len(client.answers[second].body) == 65_535


def test_a_client_that_reads_slowly_is_sent_no_more(big_pack: Pack) -> None:
    client = Client(big_pack, acknowledge=False)
    client.frames.update_settings({4: 1_000_000})
    client.frames.increment_flow_control_window(1_000_000)
    client.talk()
    client.transport.protocol.pause_writing()
    assert not client.transport.reading
    number = client.request("/big")
    client.talk()
    assert client.answers[number].body == b""
    client.transport.protocol.resume_writing()
    client.talk()
    assert (client.transport.reading, client.answers[number].body) == (True, BIG)


def test_a_client_that_waits_to_be_invited_is_invited(shop_pack: Pack) -> None:
    client = Client(shop_pack)
    number = client.frames.get_next_available_stream_id()
    head = [(":method", "POST"), (":scheme", "http"), (":authority", "x"), (":path", "/orders?a=1&b=2")]
    client.frames.send_headers(number, [*head, ("expect", "100-continue"), ("content-type", "application/json")])
    client.answers[number] = Answered()
    client.talk()
    assert client.answers[number].informed == 1
    client.frames.send_data(number, ORDER, end_stream=True)
    client.talk()
    assert client.answers[number].fields[":status"] == "201"


def test_fields_of_a_trailer_section_decide_nothing(shop_pack: Pack) -> None:
    client = Client(shop_pack)
    head = [(":method", "GET"), (":scheme", "http"), (":authority", "x"), (":path", "/me")]
    client.frames.send_headers(1, head)
    client.frames.send_headers(1, [("authorization", "Bearer bob")], end_stream=True)
    client.answers[1] = Answered()
    client.talk()
    assert client.answers[1].body == b'{"i":null}'


SMALL = Limits(head_bytes=1000, body_bytes=100, request_seconds=3, idle_seconds=5, streams=10)


def test_bodies_over_the_limit_are_refused_and_other_streams_go_on(shop_pack: Pack) -> None:
    client = Client(shop_pack, limits=SMALL)
    declared = client.ask("/orders", "POST", b"x" * 101, content_length="101")
    sent = client.ask("/orders", "POST", b"x" * 101)
    assert [answer.fields[":status"] for answer in (declared, sent)] == ["413", "413"]
    assert client.ask("/orders", "POST", b"x" * 100).fields[":status"] == "404"
    assert client.ask("/me").fields[":status"] == "401"


def test_the_bodies_of_all_streams_together_have_the_limit_of_one(shop_pack: Pack) -> None:
    client = Client(shop_pack, limits=SMALL)
    head = [(":method", "POST"), (":scheme", "http"), (":authority", "x"), (":path", "/orders")]
    for number in (1, 3):
        client.frames.send_headers(number, head)
        client.frames.send_data(number, b"x" * 60)
        client.answers[number] = Answered()
    client.talk()
    assert [client.answers[number].fields.get(":status") for number in (1, 3)] == [None, "413"]
    client.frames.end_stream(1)
    client.talk()
    assert client.answers[1].fields[":status"] == "404"
    assert client.ask("/orders", "POST", b"x" * 100).fields[":status"] == "404"


def test_what_all_clients_together_have_not_finished_is_bounded(shop_pack: Pack) -> None:
    client = Client(shop_pack, limits=Limits(head_bytes=190, body_bytes=1000, unfinished_bytes=600))
    client.shop.service.unfinished = 300
    head = [(":method", "POST"), (":scheme", "http"), (":authority", "x"), (":path", "/orders")]
    for number in (1, 3):
        client.frames.send_headers(number, head)
        client.frames.send_data(number, b"x" * 200)
        client.answers[number] = Answered()
    client.talk()
    assert [client.answers[number].fields.get(":status") for number in (1, 3)] == [None, "503"]
    assert client.shop.service.unfinished == 500
    client.transport.protocol.connection_lost(None)
    assert client.shop.service.unfinished == 300


def test_a_head_over_the_limit_ends_the_connection(shop_pack: Pack) -> None:
    client = Client(shop_pack, limits=SMALL)
    client.ask("/me", x_more="y" * 2000)
    assert (client.gone, client.transport.ended) == (ErrorCodes.ENHANCE_YOUR_CALM, "close")


def test_streams_over_the_limit_end_the_connection(shop_pack: Pack) -> None:
    client = Client(shop_pack, VirtualClock(), latency=Scaled(1.0), limits=SMALL)
    for _ in range(11):
        client.request("/silent")
    client.talk()
    assert client.gone is not None
    assert client.transport.ended == "close"


def test_requests_taken_back_at_once_cost_nothing_and_too_many_end_the_connection(shop_pack: Pack) -> None:
    client = Client(shop_pack)
    for _ in range(400):
        client.frames.reset_stream(client.request("/me"))
    client.talk()
    assert client.shop.service.responder.journal.served == 0
    assert client.gone is None
    for _ in range(200):
        client.frames.reset_stream(client.request("/me"))
    client.talk()
    assert client.gone == ErrorCodes.ENHANCE_YOUR_CALM


def test_pings_without_end_end_the_connection(shop_pack: Pack) -> None:
    client = Client(shop_pack)
    for _ in range(501):
        client.frames.ping(b"12345678")
    client.talk()
    assert client.gone == ErrorCodes.ENHANCE_YOUR_CALM


def test_a_stream_that_is_taken_back_is_answered_no_more(shop_pack: Pack) -> None:
    clock = VirtualClock()
    client = Client(shop_pack, clock, latency=Scaled(1.0))
    number = client.request("/balance")
    client.talk()
    client.frames.reset_stream(number)
    client.talk()
    before = client.transport.written
    clock.advance(1)
    assert client.transport.written == before


def test_draining_finishes_what_was_asked_and_takes_no_more(shop_pack: Pack) -> None:
    clock = VirtualClock()
    client = Client(shop_pack, clock, latency=Scaled(1.0))
    number = client.request("/balance")
    client.talk()
    late = client.request("/me")
    (served,) = client.shop.service.connections
    served.drain()
    client.transport.protocol.data_received(client.frames.data_to_send())
    assert client.transport.ended == ""
    clock.advance(1)
    assert client.transport.ended == "close"
    assert b'{"left":3}' in client.transport.written
    assert client.transport.written.count(frame(0x7, 0, bytes([0, 0, 0, number]) + bytes(4))) == 1
    assert frame(0x3, late, b"\0\0\0\x07") in client.transport.written


def frame(kind: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, 0]) + stream.to_bytes(4, "big") + payload


def test_a_client_that_closes_its_sending_side_still_gets_its_answer(shop_pack: Pack) -> None:
    clock = VirtualClock()
    client = Client(shop_pack, clock, latency=Scaled(1.0))
    client.request("/balance")
    client.talk()
    assert client.transport.protocol.eof_received()
    clock.advance(1)
    assert b'{"left":3}' in client.transport.written
    assert client.transport.ended == "close"
    assert not client.transport.protocol.eof_received()


def test_an_idle_connection_is_drained_at_once(shop_pack: Pack) -> None:
    client = Client(shop_pack)
    client.ask("/me")
    (served,) = client.shop.service.connections
    served.drain()
    client.talk()
    assert (client.gone, client.transport.ended) == (ErrorCodes.NO_ERROR, "close")


def test_slow_silent_and_stuck_clients_are_ended_in_time(shop_pack: Pack, big_pack: Pack) -> None:
    slow, idle = Client(shop_pack, limits=SMALL), Client(shop_pack, limits=SMALL)
    stuck = Client(big_pack, acknowledge=False, limits=SMALL)
    head = [(":method", "POST"), (":scheme", "http"), (":authority", "x"), (":path", "/orders")]
    slow.frames.send_headers(1, head)
    slow.answers[1] = Answered()
    stuck.frames.update_settings({4: 10})
    stuck.request("/big")
    for client in (slow, idle, stuck):
        client.talk()
        (served,) = client.shop.service.connections
        for second in range(1, 10):
            client.shop.service.second = second
            if client is stuck:
                client.frames.ping(b"12345678")
                client.transport.protocol.data_received(client.frames.data_to_send())
            served.expire()
        if client is not stuck:
            client.talk()
    assert slow.answers[1].fields[":status"] == "408"
    assert (idle.gone, idle.transport.ended) == (ErrorCodes.NO_ERROR, "close")
    assert stuck.transport.ended == "abort"


def test_a_client_has_its_time_from_when_it_was_sent_something(big_pack: Pack) -> None:
    client = Client(big_pack, acknowledge=False, limits=SMALL)
    client.frames.update_settings({4: 10})
    client.talk()
    (served,) = client.shop.service.connections
    ended = []
    for second in range(1, 12):
        client.shop.service.second = second
        if second == 5:
            client.request("/big")
            client.talk()
        served.expire()
        ended.append(client.transport.ended)
    assert ended == [""] * 10 + ["abort"]


def frames_of_a_client() -> bytes:
    """A connection's worth of bytes, none of which answers the server's."""
    frames = H2Connection(H2Configuration(client_side=True))
    frames.initiate_connection()
    head = [(":method", "GET"), (":scheme", "http"), (":authority", "x")]
    for number, target in ((1, "/balance"), (3, "/text"), (5, "/nothing")):
        frames.send_headers(number, [*head, (":path", target)], end_stream=True)
    post = [(":method", "POST"), *head[1:], (":path", "/orders?a=1&b=2"), ("content-type", "application/json")]
    frames.send_headers(7, post)
    frames.send_data(7, ORDER, end_stream=True)
    return frames.data_to_send()


STREAM = frames_of_a_client()


def answers_to(pack: Pack, pieces: list[bytes]) -> dict[int, bytes]:
    """The bodies by stream."""
    transport = ask_raw(pack, pieces)
    frames = H2Connection(H2Configuration(client_side=True))
    frames.initiate_connection()
    for number in (1, 3, 5, 7):
        frames.send_headers(number, [(":method", "GET"), (":scheme", "http"), (":authority", "x"), (":path", "/")])
    bodies: dict[int, bytes] = {}
    for event in frames.receive_data(transport.written):
        if isinstance(event, DataReceived):
            bodies[event.stream_id] = bodies.get(event.stream_id, b"") + event.data
    return bodies


def ask_raw(pack: Pack, pieces: list[bytes]) -> KeptTransport:
    _, transport = Exchanger(pack, VirtualClock(), ServeOptions(latency=NOW, limits=SMALL)).connect()
    for piece in pieces:
        if not transport.ended:
            transport.protocol.data_received(piece)
    return transport


@settings(max_examples=50)
@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_however_the_bytes_are_split_the_answers_are_the_same(shop_pack: Pack, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[a:b] for a, b in itertools.pairwise(edges) if a < b]
    bodies = answers_to(shop_pack, pieces)
    assert bodies.pop(5).startswith(b'{"detail"')
    assert bodies == {1: b'{"left":3}', 3: b"word " * 50, 7: b'{"id":"ord_1"}'}


@settings(max_examples=50)
@given(
    noise=st.lists(st.binary(max_size=40), max_size=6),
    flips=st.lists(st.tuples(st.integers(24, len(STREAM) - 1), st.integers(0, 255)), max_size=4),
)
def test_no_bytes_whatever_raise(shop_pack: Pack, noise: list[bytes], flips: list[tuple[int, int]]) -> None:
    mangled = bytearray(STREAM)
    for at, octet in flips:
        mangled[at] = octet
    transport = ask_raw(shop_pack, [bytes(mangled), *noise])
    assert transport.ended in ("", "close")
    ask_raw(shop_pack, [PREFACE, *noise])


def test_what_is_not_http_2_after_its_beginning_is_refused(shop_pack: Pack) -> None:
    assert ask_raw(shop_pack, [PREFACE[:-1] + b"x"]).written.startswith(b"HTTP/1.1 400 ")
    assert ask_raw(shop_pack, [b"GET /me HTTP/1.1\r\nHost: x\r\n\r\n", PREFACE]).written.count(b"HTTP/1.1 400 ") == 1


def chaotic(pack: Pack, clock: VirtualClock | None = None) -> Client:
    return Client(pack, clock, effects=(chaos_of("", 0),))


def test_a_truncated_answer_is_cut_and_its_stream_reset(big_pack: Pack) -> None:
    client = chaotic(big_pack)
    cut = client.ask("/big", x_chaos="truncate")

    assert (cut.fields["content-length"], cut.body) == (str(len(BIG)), BIG[: len(BIG) // 2])
    assert (cut.ended, cut.reset) == (False, ErrorCodes.CANCEL)
    assert client.ask("/big").body == BIG


def test_a_corrupt_answer_is_whole_and_another(big_pack: Pack) -> None:
    answer = chaotic(big_pack).ask("/big", x_chaos="corrupt")

    assert (len(answer.body), answer.ended) == (len(BIG), True)
    assert answer.body != BIG
    assert answer.fields["x-sandbox-chaos"].startswith("corrupt=")


def test_a_narrow_band_holds_up_its_stream_only(big_pack: Pack) -> None:
    clock = VirtualClock()
    client = chaotic(big_pack, clock)
    slow, quick = client.request("/big", x_chaos="bandwidth=800kbit"), client.request("/big")
    client.talk()
    assert client.answers[quick].ended

    # 800 kbit/s are 100,000 bytes a second, and the body has 400,000.
    seen = []
    for _ in range(4):
        clock.advance(1.0)
        client.talk()
        seen.append(len(client.answers[slow].body))
    assert seen == [100_000, 200_000, 300_000, 400_000]
    assert client.answers[slow].body == BIG
    assert client.answers[slow].ended


@pytest.mark.parametrize(("chaos", "code"), [("reset", ErrorCodes.INTERNAL_ERROR), ("close", ErrorCodes.CANCEL)])
def test_chaos_that_ends_a_connection_ends_its_stream_only(big_pack: Pack, chaos: str, code: ErrorCodes) -> None:
    client = chaotic(big_pack)
    broken = client.ask("/big", x_chaos=chaos)

    assert (broken.fields, broken.body, broken.reset) == ({}, b"", code)
    assert client.ask("/big").ended
    assert client.gone is None
