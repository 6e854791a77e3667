"""The wire: bytes in, bytes out, on connections without sockets and a clock that the test moves."""

import gzip
import itertools
import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import Limits, ServeOptions
from smartsandbox.replay_engine.sessions import Exhausted
from smartsandbox.replay_engine.testing import Exchanger

NOW = Scaled(0.0)
ORDER = b'{"n":1, "sku":"x"}'
POST = b"POST /orders?a=1&b=2 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def exchanger(pack: Pack, **options: object) -> Exchanger:
    return Exchanger(pack, VirtualClock(), ServeOptions(**{"latency": NOW, **options}))  # type: ignore[arg-type]


def get(target: str, *lines: str) -> bytes:
    return "\r\n".join((f"GET {target} HTTP/1.1", "Host: x", *lines, "", "")).encode()


def bodies(answers: bytes) -> list[bytes]:
    return [part.partition(b"\r\n\r\n")[2] for part in answers.split(b"HTTP/1.1 ")[1:]]


def statuses(answers: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1.1 (\d+) [A-Z]", answers)


def test_the_recorded_answer_comes_back_line_by_line(shop_pack: Pack) -> None:
    assert exchanger(shop_pack).ask(get("/balance")) == (
        b"HTTP/1.1 200 OK\r\n"
        b"Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"
        b"X-Kind: a\r\n"
        b"X-Kind: b\r\n"
        b"Content-Type: application/json\r\n"
        b"Content-Length: 10\r\n"
        b"X-Sandbox-Exchange: b1\r\n"
        b"X-Sandbox-Match: exact\r\n"
        b"X-Sandbox: TEST ONLY\r\n"
        b"\r\n"
        b'{"left":3}'
    )


def test_asking_again_gets_the_successive_answers_and_then_the_last(shop_pack: Pack) -> None:
    asked = exchanger(shop_pack).ask(*[get("/balance")] * 5)
    assert bodies(asked) == [b'{"left":%d}' % left for left in (3, 2, 1, 1, 1)]


def test_pipelined_requests_are_answered_in_order_even_if_the_first_is_slow(shop_pack: Pack) -> None:
    clock = VirtualClock()
    connection, transport = Exchanger(shop_pack, clock, ServeOptions()).connect()
    connection.data_received(get("/balance") + get("/me") + get("/text"))
    clock.advance(0.0005)
    assert transport.written == b""
    clock.advance(0.01)
    assert bodies(transport.written)[:2] == [b'{"left":3}', b'{"i":null}']
    assert len(bodies(transport.written)) == 3


def test_head_and_body_go_out_at_their_recorded_times(shop_pack: Pack) -> None:
    clock = VirtualClock()
    connection, transport = Exchanger(shop_pack, clock, ServeOptions(latency=Scaled(2.0))).connect()
    connection.data_received(get("/balance"))
    clock.advance(0.0019)
    assert transport.written == b""
    clock.advance(0.0002)
    assert transport.written.endswith(b"\r\n\r\n")
    clock.advance(0.002)
    assert transport.written.endswith(b'{"left":3}')


def test_a_chunked_body_matches_like_any_other(shop_pack: Pack) -> None:
    chunked = b"".join(b"1\r\n%c\r\n" % octet for octet in ORDER) + b"0\r\n\r\n"
    answer = exchanger(shop_pack).ask(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunked)
    assert answer.startswith(b"HTTP/1.1 201 Created\r\n")


def test_a_body_sent_in_a_content_coding_matches_like_any_other(shop_pack: Pack) -> None:
    coded = gzip.compress(ORDER)
    answer = exchanger(shop_pack).ask(
        POST + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(coded) + coded
    )
    assert answer.startswith(b"HTTP/1.1 201 Created\r\n")


def test_a_client_that_waits_to_be_invited_is_invited(shop_pack: Pack) -> None:
    connection, transport = exchanger(shop_pack).connect()
    connection.data_received(POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(ORDER))
    assert transport.written == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.data_received(ORDER)
    assert b"HTTP/1.1 201 Created" in transport.written


def test_an_offer_of_another_protocol_is_declined_by_answering_in_this_one(shop_pack: Pack) -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    whole = POST + offer + b"Content-Length: %d\r\n\r\n" % len(ORDER) + ORDER + get("/me")
    assert exchanger(shop_pack).ask(whole).startswith(b"HTTP/1.1 201 Created\r\n")
    assert bodies(exchanger(shop_pack).ask(whole))[1] == b'{"i":null}'
    assert exchanger(shop_pack).ask(whole[:150], whole[150:250], whole[250:]) == exchanger(shop_pack).ask(whole)


def test_a_client_that_offers_another_protocol_is_invited_once(shop_pack: Pack) -> None:
    connection, transport = exchanger(shop_pack).connect()
    offer = b"Connection: Upgrade\r\nUpgrade: h2c\r\nExpect: 100-continue\r\n"
    connection.data_received(POST + offer + b"Content-Length: %d\r\n\r\n" % len(ORDER))
    connection.data_received(ORDER)
    assert statuses(transport.written) == [b"100", b"201"]


def test_however_many_offers_are_declined_all_are_answered(shop_pack: Pack) -> None:
    offer = get("/me", "Connection: Upgrade", "Upgrade: websocket")
    assert bodies(exchanger(shop_pack).ask(offer * 3000)) == [b'{"i":null}'] * 3000


def test_a_tunnel_is_not_opened_and_ends_the_connection_after_what_was_asked_before(shop_pack: Pack) -> None:
    clock = VirtualClock()
    connection, transport = Exchanger(shop_pack, clock, ServeOptions()).connect()
    connection.data_received(get("/balance") + b"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n" + get("/me"))
    clock.advance(1)
    assert transport.written.count(b"HTTP/1.1 ") == 2
    assert (b"HTTP/1.1 404" in transport.written, transport.ended) == (True, "close")


def test_fields_of_a_trailer_section_decide_nothing(shop_pack: Pack) -> None:
    get_in_chunks = b"GET /me HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    asked = get_in_chunks + b"Authorization: Bearer bob\r\nHost: y\r\n\r\n" + get("/me")
    assert bodies(exchanger(shop_pack).ask(asked)) == [b'{"i":null}', b'{"i":null}']


def test_the_absolute_and_the_asterisk_form_are_targets_too(shop_pack: Pack) -> None:
    answers = exchanger(shop_pack).ask(get("http://api.example.com/balance"), get("/balance"))
    assert bodies(answers) == [b'{"left":3}', b'{"left":2}']
    assert exchanger(shop_pack).ask(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 404 ")


def test_an_encoding_list_may_stand_in_two_fields(shop_pack: Pack) -> None:
    coded = exchanger(shop_pack).ask(get("/text", "Accept-Encoding: br", "Accept-Encoding: gzip"))
    assert b"Content-Encoding: gzip\r\n" in coded


def test_head_gets_the_head_of_get(shop_pack: Pack) -> None:
    answer = exchanger(shop_pack).ask(b"HEAD /balance HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"Content-Length: 10\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_an_answer_without_a_body_has_no_length(shop_pack: Pack) -> None:
    answer = exchanger(shop_pack).ask(b"DELETE /orders/1 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 204 No Content\r\n")
    assert b"Content-Length" not in answer


def test_a_coded_answer_is_coded_only_for_who_accepts_it(shop_pack: Pack) -> None:
    plain = exchanger(shop_pack).ask(get("/text"))
    assert bodies(plain) == [b"word " * 50]
    assert b"Content-Encoding" not in plain
    coded = exchanger(shop_pack).ask(get("/text", "Accept-Encoding: br, gzip"))
    assert b"Content-Encoding: gzip\r\n" in coded
    assert gzip.decompress(bodies(coded)[0]) == b"word " * 50


def test_callers_are_told_apart_by_credential_and_by_session(shop_pack: Pack) -> None:
    asked = [
        get("/me", "Authorization: Bearer alice"),
        get("/me", "Authorization: Bearer bob"),
        get("/me"),
        get("/me", "X-Sandbox-Session: sb"),
    ]
    answers = bodies(exchanger(shop_pack).ask(*asked))
    assert answers == [b'{"i":"alice"}', b'{"i":"bob"}', b'{"i":null}', b'{"i":"bob"}']


def test_sessions_do_not_move_each_other_s_cursors(shop_pack: Pack) -> None:
    asked = [get("/balance", f"X-Sandbox-Session: {name}") for name in ("t1", "t2", "t1", "t2", "t1")]
    answers = bodies(exchanger(shop_pack).ask(*asked))
    assert answers == [b'{"left":%d}' % left for left in (3, 3, 2, 2, 1)]


def test_a_session_that_has_had_everything_can_be_told_so(shop_pack: Pack) -> None:
    answer = exchanger(shop_pack, exhausted=Exhausted.FAIL).ask(*[get("/balance")] * 4)
    assert b"HTTP/1.1 410 Gone" in answer


def test_a_miss_explains_itself_and_repeats_nothing_of_the_request(shop_pack: Pack) -> None:
    answer = exchanger(shop_pack).ask(get("/balance?token=s3cr3t", "Authorization: Bearer s3cr3t"))
    assert answer.startswith(b"HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n")
    assert b"the query has a parameter that the exchange does not have" in answer
    assert b"s3cr3t" not in answer


@pytest.mark.parametrize(
    ("target", "ended", "sent"),
    [("/reset", "abort", b""), ("/silent", "close", b""), ("/cut", "close", b"half")],
)
def test_recorded_failures_happen_on_the_wire(shop_pack: Pack, target: str, ended: str, sent: bytes) -> None:
    connection, transport = exchanger(shop_pack).connect()
    connection.data_received(get(target))
    assert transport.ended == ended
    assert transport.written.endswith(sent)
    if sent:
        assert b"Content-Length: 8\r\n" in transport.written


def test_a_request_that_was_never_answered_is_held_as_long_as_may_be(shop_pack: Pack) -> None:
    clock = VirtualClock()
    options = ServeOptions(limits=Limits(hold_seconds=5))
    connection, transport = Exchanger(shop_pack, clock, options).connect()
    connection.data_received(get("/silent"))
    clock.advance(4.9)
    assert transport.ended == ""
    clock.advance(0.2)
    assert transport.ended == "close"


def test_connections_stay_or_close_as_the_client_asks(shop_pack: Pack) -> None:
    for lines, ended, said in (
        ((), "", b""),
        (("Connection: close",), "close", b"Connection: close\r\n"),
    ):
        connection, transport = exchanger(shop_pack).connect()
        connection.data_received(get("/me", *lines))
        assert transport.ended == ended
        assert said in transport.written


def test_http_1_0_closes_unless_asked_to_stay(shop_pack: Pack) -> None:
    connection, transport = exchanger(shop_pack).connect()
    connection.data_received(b"GET /me HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert (transport.ended, b"Connection: keep-alive\r\n" in transport.written) == ("", True)
    connection.data_received(b"GET /me HTTP/1.0\r\n\r\n")
    assert transport.ended == "close"


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SMALL = Limits(head_bytes=1000, body_bytes=100, request_seconds=3, idle_seconds=5)


REFUSED = [
    (b"NONSENSE\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHo st: x\r\n\r\n", b"400"),
    (b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500, b"431"),
    (b"GET /" + b"y" * 1000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"431"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 990 + b"\r\n\r\n", b"431"),
    (HEAD + b"Content-Length: 101\r\n\r\n", b"413"),
    (CHUNKED + b"65\r\n" + b"x" * 101 + b"\r\n", b"413"),
    (CHUNKED + b"0\r\n" + b"X: y\r\n" * 500 + b"\r\n", b"431"),
    (HEAD + b"Expect: gold\r\nContent-Length: 1\r\n\r\n", b"417"),
    # What two readers could take in two ways.
    (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
    (HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", b"400"),
    (HEAD + b"Content-Length: 3, 3\r\n\r\nabc", b"400"),
    (HEAD + b"Content-Length: +3\r\n\r\nabc", b"400"),
    (HEAD + b"Content-Length:\r\n\r\n", b"400"),
    (HEAD + b"Content-Length: 99999999999999999999\r\n\r\n", b"400"),
    (HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", b"400"),
    (HEAD + b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello", b"400"),
    (HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", b"501"),
    (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", b"501"),
    (HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
    (HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", b"400"),
    (HEAD + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n", b"400"),
    (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
    (CHUNKED + b"0\r\nContent-Length: 7\r\n\r\n", b"400"),
    (CHUNKED + b"0x1\r\na\r\n0\r\n\r\n", b"400"),
    (CHUNKED + b"1 \r\na\r\n0\r\n\r\n", b"400"),
    (CHUNKED + b"1\na\n0\n\n", b"400"),
    (CHUNKED + b"1\r\nab\r\n0\r\n\r\n", b"400"),
    (CHUNKED + b'1;x="a\nb"\r\na\r\n0\r\n\r\n', b"400"),
    (b"GET / HTTP/1.1\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\n Host: x\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\nHost: x\n\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n", b"400"),
    (b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
    (b"GET /\r\n\r\n", b"505"),
]


@pytest.mark.parametrize(("request_bytes", "status"), REFUSED)
def test_what_is_not_http_or_over_a_limit_is_refused_once(shop_pack: Pack, request_bytes: bytes, status: bytes) -> None:
    connection, transport = exchanger(shop_pack, limits=SMALL).connect()
    connection.data_received(request_bytes)
    connection.data_received(get("/me"))
    assert statuses(transport.written) == [status]
    assert transport.ended in ("eof", "close")


def test_endless_trailers_and_chunk_extensions_are_refused_too(shop_pack: Pack) -> None:
    connection, transport = exchanger(shop_pack, limits=SMALL).connect()
    connection.data_received(CHUNKED + b"0\r\n")
    for _ in range(100):
        connection.data_received(b"X-More: yyyyyyyyyyyyyy\r\n")
    assert transport.written.startswith(b"HTTP/1.1 431")
    connection, transport = exchanger(shop_pack, limits=SMALL).connect()
    connection.data_received(CHUNKED)
    for _ in range(100):
        connection.data_received(b"1;more=yyyyyyyyyyyyyy\r\n.\r\n")
    assert transport.written.startswith(b"HTTP/1.1 413")


def test_what_all_clients_together_have_not_finished_is_bounded(shop_pack: Pack) -> None:
    shop = exchanger(shop_pack, limits=Limits(head_bytes=100, body_bytes=1000, unfinished_bytes=1000))
    clients = [shop.connect() for _ in range(3)]
    for connection, _ in clients:
        connection.data_received(HEAD + b"Content-Length: 600\r\n\r\n" + b"x" * 400)
    assert [statuses(transport.written) for _, transport in clients] == [[], [], [b"503"]]
    assert statuses(shop.ask(get("/me"))) == [b"401"]
    clients[0][0].data_received(b"x" * 200)
    assert statuses(clients[0][1].written) == [b"404"]
    assert 400 < shop.service.unfinished < 600
    clients[1][0].connection_lost(None)
    assert shop.service.unfinished == 0


def test_slow_and_silent_clients_are_ended_in_time(shop_pack: Pack) -> None:
    shop = exchanger(shop_pack, limits=SMALL)
    slow, slow_wire = shop.connect()
    idle, idle_wire = shop.connect()
    slow.data_received(b"GET /me HT")
    for second in range(1, 8):
        shop.service.second = second
        slow.data_received(b"T")
        slow.expire()
        idle.expire()
    assert slow_wire.written.startswith(b"HTTP/1.1 ")
    assert slow_wire.ended
    assert idle_wire.ended == "close"


def test_a_client_that_reads_slowly_is_read_from_no_more(shop_pack: Pack) -> None:
    connection, transport = exchanger(shop_pack).connect()
    connection.pause_writing()
    assert not transport.reading
    connection.resume_writing()
    assert transport.reading


def test_a_client_that_reads_nothing_is_broken_off_and_one_that_reads_slowly_is_not(shop_pack: Pack) -> None:
    shop = exchanger(shop_pack, limits=SMALL)
    (slow, slow_wire), (none, none_wire) = shop.connect(), shop.connect()
    for second in range(1, 12):
        shop.service.second = second
        for connection, transport in ((slow, slow_wire), (none, none_wire)):
            connection.data_received(get("/me"))
            transport.unsent = 1000 - second if connection is slow else 1000
            connection.expire()
    assert (slow_wire.ended, none_wire.ended) == ("", "abort")


def test_answers_waiting_their_turn_are_bounded(shop_pack: Pack) -> None:
    clock = VirtualClock()
    options = ServeOptions(limits=Limits(pipelined=3))
    connection, transport = Exchanger(shop_pack, clock, options).connect()
    connection.data_received(get("/balance") * 4)
    assert not transport.reading
    clock.advance(1)
    assert transport.reading
    assert len(bodies(transport.written)) == 4


STREAM = (
    get("/balance")
    + POST
    + b"Content-Length: %d\r\n\r\n" % len(ORDER)
    + ORDER
    + POST
    + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(ORDER), ORDER)
    + b"HEAD /text HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n"
    + CHUNKED
    + b"0\r\nAuthorization: Bearer bob\r\n\r\n"
    + get("/me", "Upgrade: h2c", "Connection: Upgrade")
    + get("/nothing/here")
    + get("/me", "Authorization: Bearer bob", "Connection: close")
)


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_however_the_bytes_are_split_the_answers_are_the_same(shop_pack: Pack, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[a:b] for a, b in itertools.pairwise(edges) if a < b]
    assert exchanger(shop_pack).ask(*pieces) == exchanger(shop_pack).ask(STREAM)


LARGE = [
    get("/me") + b"GET /" + b"y" * 1000 + b" HTTP/1.1\r\nHost: x\r\n\r\n" + get("/me"),
    get("/me") + CHUNKED + b"10\r\n" + b"x" * 16 + b"\r\n0\r\n" + b"X: y\r\n" * 200 + b"\r\n" + get("/me"),
    get("/me") + CHUNKED + b"65\r\n" + b"x" * 101 + b"\r\n0\r\n\r\n" + get("/me"),
    get("/me") + get("/me", *["X: " + "y" * 200] * 5, "b@d: x") + get("/me"),
]


@given(stream=st.sampled_from(LARGE), cuts=st.lists(st.integers(0, 1500), max_size=8))
def test_what_is_too_large_is_so_however_its_bytes_are_split(shop_pack: Pack, stream: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[a:b] for a, b in itertools.pairwise(edges) if a < b]
    shop = exchanger(shop_pack, limits=SMALL)
    whole = shop.ask(stream)
    assert len(statuses(whole)) == 2
    assert shop.ask(*pieces) == whole


@given(
    st.lists(st.binary(max_size=60) | st.sampled_from([b"GET / HTTP/1.1\r\n", b"\r\n", b"X: ", b"Content-Length: "]))
)
def test_no_bytes_whatever_raise_or_go_unanswered_without_end(shop_pack: Pack, pieces: list[bytes]) -> None:
    connection, transport = exchanger(shop_pack, limits=SMALL).connect()
    for piece in pieces:
        connection.data_received(piece)
    assert b"HTTP/1.1 500" not in transport.written


@given(refused=st.sampled_from(REFUSED), cuts=st.lists(st.integers(0, 120), min_size=1, max_size=4))
def test_what_is_refused_is_so_however_its_bytes_are_split(
    shop_pack: Pack, refused: tuple[bytes, bytes], cuts: list[int]
) -> None:
    stream, status = refused
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[a:b] for a, b in itertools.pairwise(edges) if a < b]
    assert statuses(exchanger(shop_pack, limits=SMALL).ask(*pieces)) == [status]


PIECES = (
    "http://",
    "//",
    "[",
    "]",
    "::1",
    "@",
    ":",
    "/",
    "?",
    "#",
    "%",
    "%zz",
    "%00",
    "&",
    "=",
    "..",
    ";",
    "*",
    "{",
    "80",
)
LINES = (
    "Content-Type: multipart/form-data; boundary=",
    "Accept-Encoding: ,;q=,*;q=x",
    "Range: bytes=--",
    "Cookie: =;=",
)


@given(
    st.sampled_from(["GET", "HEAD", "OPTIONS", "CONNECT"]),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=6),
    st.lists(st.sampled_from(LINES), max_size=2),
)
def test_no_target_whatever_is_a_failure_of_the_server(
    shop_pack: Pack, method: str, pieces: list[str], lines: list[str]
) -> None:
    request = "\r\n".join((f"{method} {''.join(pieces)} HTTP/1.1", "Host: x", *lines, "", "")).encode()
    (status,) = statuses(exchanger(shop_pack).ask(request))
    assert status in (b"200", b"400", b"404")


def test_serving_reads_no_time_of_day_so_its_steps_change_nothing(shop_pack: Pack) -> None:
    def stepped() -> datetime:
        raise AssertionError("the time of day was read")

    clock = VirtualClock()
    exchanger = Exchanger(shop_pack, clock, ServeOptions(wall=stepped))
    connection, transport = exchanger.connect()
    connection.data_received(b"GET /balance HTTP/1.1\r\nHost: x\r\n\r\n")
    clock.advance(10)
    assert transport.written.startswith(b"HTTP/1.1 200 ")
