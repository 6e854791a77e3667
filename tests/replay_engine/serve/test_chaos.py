"""Chaos for a request, a session and a server: what happens on a real socket, and what is told of it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.chaos import chaos_of
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.sessions import Exhausted
from smartsandbox.replay_engine.testing import Exchanger, serving

BODY = b'{"text":"' + b"x" * 1000 + b'"}'


@pytest.fixture(scope="module")
def plain_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """One answer of 1 kB, and one of another endpoint."""
    rows = [
        an_exchange("a", a_request(target="/a"), a_response(body=BODY)),
        an_exchange("b", a_request("POST", "/b", json={}), a_response(body=b"b")),
    ]
    return make_pack(tmp_path_factory.mktemp("plain"), rows)


def options(chaos: str = "", seed: int = 0) -> ServeOptions:
    return ServeOptions(latency=Scaled(0.0), effects=(chaos_of(chaos, seed),))


def exchanger(pack: Pack, chaos: str = "", seed: int = 0) -> Exchanger:
    return Exchanger(pack, VirtualClock(), options(chaos, seed))


def ask(chaos: str | None = None, session: str = "s", path: str = "/a") -> bytes:
    header = "" if chaos is None else f"X-Chaos: {chaos}\r\n"
    return f"GET {path} HTTP/1.1\r\nHost: a\r\nX-Sandbox-Session: {session}\r\n{header}\r\n".encode()


def post(name: str, value: object) -> bytes:
    body = json.dumps(value).encode()
    return b"POST /__sandbox/%s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (name.encode(), len(body), body)


def status(answer: bytes) -> int:
    return int(answer[9:12])


def told(answer: bytes) -> str | None:
    found = [line for line in answer.split(b"\r\n\r\n")[0].split(b"\r\n") if line.startswith(b"X-Sandbox-Chaos: ")]
    return found[0][17:].decode() if found else None


# On a real socket


@pytest.fixture(scope="module")
def port(plain_pack: Pack) -> Iterator[int]:
    with serving(plain_pack, options()) as server:
        yield server.port


def received(port: int, chaos: str) -> bytes:
    """Everything up to the end of the connection; a TCP reset raises."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(ask(chaos))
        pieces = []
        while piece := client.recv(65536):
            pieces.append(piece)
        return b"".join(pieces)


def test_an_injected_reset_is_a_tcp_reset(port: int) -> None:
    with pytest.raises(ConnectionResetError):
        received(port, "reset")


def test_an_injected_close_and_time_out_send_nothing(port: int) -> None:
    assert received(port, "close") == b""
    assert received(port, "timeout=50ms") == b""


def test_a_truncated_answer_declares_more_than_it_sends(port: int) -> None:
    answer = received(port, "truncate")

    assert f"Content-Length: {len(BODY)}\r\n".encode() in answer
    assert answer.endswith(BODY[: len(BODY) // 2])


@pytest.mark.parametrize(
    ("chaos", "expected"),
    [
        ("status=503", (503, b'{"type":"about:blank","title":"Injected fault","status":503}')),
        ("latency=20ms", (200, BODY)),
        ("bandwidth=1mbit", (200, BODY)),
        ("slow_head=20ms", (200, BODY)),
        ("latency=5ms,bandwidth=2mbit,slow_head=5ms", (200, BODY)),
    ],
)
def test_other_faults_leave_a_whole_answer_and_the_connection(
    port: int, chaos: str, expected: tuple[int, bytes]
) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.request("GET", "/a", headers={"X-Chaos": chaos})
    first = client.getresponse()
    assert (first.status, first.read()) == expected
    client.request("GET", "/a")
    assert client.getresponse().read() == BODY
    client.close()


def test_a_corrupt_answer_is_whole_and_no_json(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.request("GET", "/a", headers={"X-Chaos": "corrupt"})
    body = client.getresponse().read()
    client.close()

    assert len(body) == len(BODY)
    with pytest.raises(ValueError):
        json.loads(body)


# On a virtual clock


def test_bandwidth_sends_the_body_by_the_clock(plain_pack: Pack) -> None:
    clock = VirtualClock()
    served = Exchanger(plain_pack, clock, options())
    connection, transport = served.connect()
    connection.data_received(ask("bandwidth=8kbit"))
    head = len(transport.written)
    sizes = []
    for _ in range(4):
        clock.advance(0.31)
        sizes.append(len(transport.written) - head)

    assert sizes == [300, 600, 900, len(BODY)]


def test_a_slow_head_dribbles(plain_pack: Pack) -> None:
    clock = VirtualClock()
    connection, transport = Exchanger(plain_pack, clock, options()).connect()
    connection.data_received(ask("slow_head=1s"))
    clock.advance(0.55)

    assert transport.written.startswith(b"HTTP/1.1 200")
    assert b"\r\n\r\n" not in transport.written
    clock.advance(0.5)
    assert transport.written.endswith(BODY)


# Whom it concerns


def test_a_request_overrides_its_session_and_that_the_server(plain_pack: Pack) -> None:
    served = exchanger(plain_pack, "status=501")
    assert status(served.ask(post("chaos", {"session": "s", "chaos": "status=502"}))) == 200

    assert [
        status(served.ask(ask(chaos, session)))
        for chaos, session in [(None, "other"), (None, "s"), ("status=503", "s"), ("none", "s")]
    ] == [501, 502, 503, 200]
    served.ask(post("chaos", {"session": "s", "chaos": "none"}), post("chaos", {"chaos": "none"}))
    assert [status(served.ask(ask(None, session))) for session in ("s", "other")] == [200, 200]


def test_chaos_can_be_set_on_a_server_that_was_started_without(plain_pack: Pack) -> None:
    served = exchanger(plain_pack)
    served.ask(post("chaos", {"chaos": "status=503"}))

    assert status(served.ask(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n")) == 503


def test_nth_and_until_count_by_session(plain_pack: Pack) -> None:
    served = exchanger(plain_pack)
    chaos = "status=503,nth=3,until=7"

    found = {name: [status(served.ask(ask(chaos, name))) for _ in range(9)] for name in ("one", "two")}
    assert found["one"] == found["two"] == [200, 200, 503, 200, 200, 503, 200, 200, 200]


def test_until_a_time_counts_from_the_first_request(plain_pack: Pack) -> None:
    served = exchanger(plain_pack, "status=503,until=10s")
    clock = served.service.clock
    assert isinstance(clock, VirtualClock)

    found = []
    for _ in range(4):
        found.append(status(served.ask(ask())))
        clock.advance(4.0)
    assert found == [503, 503, 503, 200]


def test_a_session_under_many_chaoses_keeps_few_counters(plain_pack: Pack) -> None:
    served = exchanger(plain_pack)
    for number in range(1, 40):
        served.ask(ask(f"status=503,until={number}"))
    session = served.service.responder.sessions.of("session s")

    assert len(session.get(("kept", "chaos"))) == 16
    assert session.get(("chaos", "status=503,until=1")) is None
    assert session.get(("chaos", "status=503,until=39"))[0] == 1


def test_an_endpoint_filter_leaves_the_others(plain_pack: Pack) -> None:
    served = exchanger(plain_pack, "status=503,endpoint=POST *")
    head = b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"

    answer = served.ask(ask())
    assert (status(answer), told(answer)) == (200, None)
    assert status(served.ask(head + b"{}")) == 503


# What is told


def test_what_was_done_is_in_the_answer_the_journal_and_the_stats(plain_pack: Pack) -> None:
    served = exchanger(plain_pack)
    one, other = served.ask(ask("latency=0ms,status=503")), served.ask(ask("reset@0%"))
    journal = json.loads(served.ask(b"GET /__sandbox/journal HTTP/1.1\r\nHost: a\r\n\r\n").split(b"\r\n\r\n", 1)[1])
    stats = json.loads(served.ask(b"GET /__sandbox/stats HTTP/1.1\r\nHost: a\r\n\r\n").split(b"\r\n\r\n", 1)[1])

    assert (told(one), told(other)) == ("status=503; latency=0ms", "none")
    assert [entry.get("note") for entry in journal["entries"]] == ["chaos status=503; latency=0ms", None]
    assert {name: (f["requests"], f["fired"]) for name, f in stats["chaos"]["faults"].items()} == {
        "latency": (1, 1),
        "status": (1, 1),
        "reset": (1, 0),
    }


def test_configured_chaos_really_fires(plain_pack: Pack) -> None:
    served = exchanger(plain_pack, "5xx=20%")
    found = [status(served.ask(ask(None, f"s{at % 10}"))) for at in range(500)]
    count = served.service.responder.facts()["chaos"]["faults"]["5xx"]

    assert count["as_configured"]
    assert count["fired"] == sum(code >= 500 for code in found)
    assert count["told"].startswith("expected 20.00%, fired ")


@settings(max_examples=20, deadline=None)
@given(st.permutations(["5xx=30%", "latency=1ms@50%", "truncate=20%", "nth=2"]), st.integers(0, 3))
def test_the_seed_decides_and_the_order_of_the_parts_does_not(plain_pack: Pack, parts: list[str], seed: int) -> None:
    def run(chaos: str) -> list[str | None]:
        served = exchanger(plain_pack, seed=seed)
        answers = []
        for _ in range(12):
            connection, transport = served.connect()
            connection.data_received(ask(chaos))
            served.service.clock.advance(1.0)  # type: ignore[attr-defined]
            answers.append(told(transport.written))
        return answers

    assert run(",".join(parts)) == run("nth=2,truncate=20%,5xx=30%,latency=1ms@50%")


def test_what_cannot_be_read_is_refused_before_a_cursor_moves(plain_pack: Pack) -> None:
    served = exchanger(plain_pack)
    answer = served.ask(ask("latency=fast"))

    assert status(answer) == 400
    assert b"X-Chaos: chaos 'latency=fast' takes a time such as 300ms" in answer
    assert status(served.ask(post("chaos", {"chaos": "nonsense"}))) == 400
    assert status(served.ask(post("chaos", {"session": "s"}))) == 400
    with pytest.raises(UsageError, match="'nonsense' is none of"):
        chaos_of("nonsense", 0)


# Where nothing matches


@pytest.mark.parametrize(("policy", "recorded"), [("explain", 404), ("404", 404), ("synthesise", 200), ("fail", 501)])
def test_a_request_that_nothing_matches_meets_chaos_too(plain_pack: Pack, policy: str, recorded: int) -> None:
    served = Exchanger(plain_pack, VirtualClock(), replace(options(), unmatched=policy))
    head = b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 7\r\n%s\r\n"
    body = b'{"c":1}'
    plain = served.ask(head % b"" + body)

    assert (status(plain), told(plain)) == (recorded, None)
    struck = served.ask(head % b"X-Chaos: status=503\r\n" + body)
    assert (status(struck), told(struck)) == (503, "status=503")
    cut = served.ask(head % b"X-Chaos: truncate\r\n" + body)
    whole = plain.partition(b"\r\n\r\n")[2]
    assert status(cut) == recorded
    assert cut.partition(b"\r\n\r\n")[2] == whole[: len(whole) // 2]
    assert served.ask(head % b"X-Chaos: reset\r\n" + body) == b""
    assert served.service.responder.facts()["chaos"]["faults"]["status"]["fired"] == 1


def test_the_path_of_a_request_that_nothing_matches_stands_for_its_endpoint(plain_pack: Pack) -> None:
    served = exchanger(plain_pack, "status=503,endpoint=GET /v1/*")

    assert [status(served.ask(ask(path=path))) for path in ("/v1/x?y=1", "/v2/x")] == [503, 404]


def test_a_spent_session_meets_chaos_too(plain_pack: Pack) -> None:
    served = Exchanger(plain_pack, VirtualClock(), replace(options("status=503@0%"), exhausted=Exhausted.FAIL))

    assert [(status(answer), told(answer)) for answer in (served.ask(ask()), served.ask(ask()))] == [
        (200, "none"),
        (410, "none"),
    ]
