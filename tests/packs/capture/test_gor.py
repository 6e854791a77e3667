"""GoReplay files, by hand."""

from __future__ import annotations

from typing import Any

from smartsandbox.packs.capture.gor import END, NO_REQUEST, REPLAYED, REQUEST_CUT, SECOND_ANSWER
from smartsandbox.packs.capture.har import NO_RESPONSE
from smartsandbox.packs.model import Exchange, FailureKind

AT = 1_568_139_746_437_296_000
ASKED = b"POST /pay?a=1#f HTTP/1.1\r\nHost: Shop.test:80\r\nContent-Length: 2\r\n\r\n{}"
ANSWERED = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"


def gor(*messages: tuple[str, bytes]) -> bytes:
    return b"".join(b"%s\n%s%s" % (line.encode(), data, END) for line, data in messages)


def test_a_request_and_its_answer_make_an_exchange(read: Any) -> None:
    content = gor((f"1 aa {AT} 40000", ASKED), (f"2 aa {AT + 30_000_000} 2000000", ANSWERED))
    (exchange,), report = read(content)
    assert isinstance(exchange, Exchange)
    request = exchange.request
    assert (request.method, request.host, request.path, request.query) == ("POST", "shop.test", "/pay", "a=1")
    assert request.body == b"{}"
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.reason, exchange.response.body) == (201, "Created", b"ok")
    assert (exchange.started_us, exchange.ttfb_us, exchange.total_us) == (AT // 1000, 30_000, 32_000)
    assert report.ledger.dropped == {}


def test_the_duration_of_older_files_is_the_whole_latency(read: Any) -> None:
    content = gor((f"1 aa {AT}", ASKED), (f"2 aa {AT + 30_000_000} 30000000", ANSWERED))
    (exchange,), _ = read(content)
    assert (exchange.ttfb_us, exchange.total_us) == (30_000, 30_000)


def test_a_request_without_an_answer_says_so(read: Any) -> None:
    (exchange,), report = read(gor((f"1 aa {AT}", ASKED)))
    assert (exchange.failure, exchange.total_us) == (FailureKind.UNANSWERED, None)
    assert report.ledger.notes[NO_RESPONSE] == 1


def test_an_answer_that_broke_off_keeps_its_part(read: Any) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npar"
    (exchange,), _ = read(gor((f"1 aa {AT}", ASKED), (f"2 aa {AT + 1000} 1", cut)))
    assert (exchange.failure, exchange.response.body) == (FailureKind.TRUNCATED, b"par")


def test_what_is_no_part_of_a_recorded_pair_is_counted(read: Any) -> None:
    content = gor((f"1 aa {AT}", ASKED), (f"3 aa {AT} 5", ANSWERED), (f"2 zz {AT} 5", ANSWERED), ("rubbish", b"x"))
    (_,), report = read(content)
    assert report.ledger.dropped == {
        REPLAYED: 1,
        NO_REQUEST: 1,
        "damaged: it does not begin with a GoReplay header": 1,
    }


def test_an_id_that_comes_again_is_another_pair(read: Any) -> None:
    content = gor(
        (f"1 aa {AT}", ASKED),
        (f"1 aa {AT + 1_000_000}", ASKED),
        (f"2 aa {AT + 30_000_000} 1", ANSWERED),
        (f"2 aa {AT + 40_000_000} 1", ANSWERED),
    )
    exchanges, report = read(content)
    assert [exchange.failure for exchange in exchanges] == [FailureKind.UNANSWERED, None]
    assert report.ledger.dropped == {SECOND_ANSWER: 1}


def test_a_request_body_that_was_cut_is_noted(read: Any) -> None:
    _, report = read(gor((f"1 aa {AT}", ASKED[:-1])))
    assert report.ledger.notes[REQUEST_CUT] == 1


def test_sessions_are_told_apart_by_address_and_agent(read: Any) -> None:
    def asked(agent: bytes) -> bytes:
        return b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: %s\r\n\r\n" % agent

    content = gor(*((f"1 {n:02} {AT + n}", asked(agent)) for n, agent in enumerate((b"x", b"y", b"x"))))
    exchanges, _ = read(content)
    sessions = [exchange.session for exchange in exchanges]
    assert sessions[0] == sessions[2] != sessions[1]
