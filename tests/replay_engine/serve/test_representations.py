"""Parts, 304s and event streams on the wire: the recording goes first, the rules of HTTP after it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from smartsandbox.packs.model import Exchange, FailureKind
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.self_replay import self_replay
from smartsandbox.replay_engine.serve.chaos import chaos_of
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.recorded_fields import RecordedFields
from smartsandbox.replay_engine.testing import Exchanger, serving

EVENTS = b"id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n"
STREAM = (("Content-Type", "text/event-stream; charset=utf-8"), ("Content-Encoding", "gzip"))


def library() -> list[Exchange]:
    """Files with and without ranges, a document that was asked for twice, and event streams."""
    ranges, tagged = (("Accept-Ranges", "bytes"), ("ETag", '"f1"')), (("ETag", '"d1"'), ("Cache-Control", "private"))
    coded = (*ranges, ("Content-Encoding", "gzip"))

    def get(target: str, *headers: tuple[str, str], session: str = "s1") -> dict[str, object]:
        return {"request": a_request(target=target, headers=headers), "session": session}

    part = a_response(206, body=b"23", headers=(("Content-Range", "bytes 2-3/10"),), reason="Partial Content")
    rows = [
        ("f1", get("/file"), a_response(body=b"0123456789", headers=ranges)),
        ("f2", get("/plain"), a_response(body=b"0123456789")),
        ("f3", get("/ignored", ("Range", "bytes=0-1")), a_response(body=b"0123456789", headers=ranges)),
        ("f4", get("/part", ("Range", "bytes=2-3")), part),
        ("f5", get("/coded"), a_response(body=b"0123456789" * 20, headers=coded)),
        ("d1", get("/doc/1"), a_response(json={"n": 1}, headers=tagged)),
        ("d2", get("/doc/1", ("If-None-Match", '"d1"')), a_response(304, headers=tagged, reason="Not Modified")),
        ("d3", get("/doc/2"), a_response(json={"n": 2}, headers=(("ETag", '"d2"'),))),
        ("d4", get("/doc/3", ("If-None-Match", '"d3"')), a_response(json={"n": 3}, headers=(("ETag", '"d3"'),))),
        ("o1", get("/other"), a_response(json={"n": 0}, headers=(("ETag", '"o1"'),))),
        ("e1", get("/events"), a_response(body=EVENTS, headers=STREAM)),
        ("e2", get("/resumed", ("Last-Event-ID", "1")), a_response(body=EVENTS, headers=STREAM)),
    ]
    made = [
        an_exchange(name, asked["request"], answer, at_us=at * 1000, ttfb_us=1_000, total_us=4_000)  # type: ignore[arg-type]
        for at, (name, asked, answer) in enumerate(rows)
    ]
    cut = an_exchange(
        "e3",
        a_request(target="/cut-off"),
        a_response(body=EVENTS, headers=STREAM),
        failure=FailureKind.RESET,
        at_us=50_000,
        ttfb_us=1_000,
        total_us=4_000,
    )
    return [*made, cut]


@pytest.fixture(scope="module")
def library_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The library, published."""
    return make_pack(tmp_path_factory.mktemp("library"), library(), "library")


def ask(pack: Pack, target: str, *lines: str, method: str = "GET") -> tuple[int, bytes, bytes]:
    """Status, head and body of one answer in a session of its own."""
    request = "\r\n".join((f"{method} {target} HTTP/1.1", "Host: x", *lines, "", "")).encode()
    answer = Exchanger(pack, VirtualClock(), ServeOptions(latency=Scaled(0.0))).ask(request)
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head[9:12]), head, body


def test_a_part_of_what_was_recorded_whole(library_pack: Pack) -> None:
    status, head, body = ask(library_pack, "/file", "Range: bytes=2-4")
    assert (status, body) == (206, b"234")
    assert b"Content-Range: bytes 2-4/10\r\n" in head
    assert b"X-Sandbox: TEST ONLY" in head
    assert ask(library_pack, "/file", "Range: bytes=99-")[0] == 416
    assert ask(library_pack, "/file", "Range: bytes=0-1,4-5")[::2] == (200, b"0123456789")
    assert ask(library_pack, "/file", "Range: bytes=0-1", 'If-Range: "f1"')[2] == b"01"
    assert ask(library_pack, "/file", "Range: bytes=0-1", 'If-Range: "f0"')[2] == b"0123456789"
    assert ask(library_pack, "/file", "Range: bytes=0-1", method="HEAD")[0] == 200


def test_the_recording_goes_before_the_rules_of_ranges(library_pack: Pack) -> None:
    assert ask(library_pack, "/plain", "Range: bytes=2-4")[0] == 200
    assert ask(library_pack, "/ignored", "Range: bytes=2-4")[0] == 200
    assert ask(library_pack, "/part", "Range: bytes=2-3")[::2] == (206, b"23")
    assert ask(library_pack, "/part")[::2] == (206, b"23")


def test_a_part_is_of_the_coding_that_was_recorded(library_pack: Pack) -> None:
    whole = ask(library_pack, "/coded", "Accept-Encoding: gzip")[2]
    assert ask(library_pack, "/coded", "Accept-Encoding: gzip", "Range: bytes=0-9")[::2] == (206, whole[:10])
    assert ask(library_pack, "/coded", "Range: bytes=0-9")[::2] == (200, b"0123456789" * 20)


def test_what_a_client_has_is_304_where_the_service_says_so(library_pack: Pack) -> None:
    status, head, body = ask(library_pack, "/doc/2", 'If-None-Match: "d2"')
    assert (status, body) == (304, b"")
    assert b'ETag: "d2"' in head
    assert b"Content-Length" not in head
    assert ask(library_pack, "/doc/2", 'If-None-Match: "d9"')[0] == 200
    assert ask(library_pack, "/doc/3", 'If-None-Match: "d3"')[0] == 200
    assert ask(library_pack, "/other", 'If-None-Match: "o1"')[0] == 200


def test_a_recorded_304_is_for_who_has_something_to_compare_with(library_pack: Pack) -> None:
    shop = Exchanger(library_pack, VirtualClock(), ServeOptions(latency=Scaled(0.0)))
    plain, having = (
        b"GET /doc/1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b'GET /doc/1 HTTP/1.1\r\nHost: x\r\nIf-None-Match: "d1"\r\n\r\n',
    )
    answers = shop.ask(plain, having, plain)
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"304", b"200"]
    assert answers.endswith(b'{"n":1}')


def test_events_are_sent_one_by_one_and_plain(library_pack: Pack) -> None:
    clock = VirtualClock()
    connection, transport = Exchanger(library_pack, clock, ServeOptions()).connect()
    connection.data_received(b"GET /events HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
    seen = []
    for moment in (1.5, 2.5, 3.5, 4.5):
        clock.advance(moment / 1000 - clock.now())
        seen.append(transport.written.count(b"\n\n"))
    assert seen == [0, 1, 2, 3]
    assert transport.written.endswith(EVENTS)
    assert b"Content-Encoding" not in transport.written


def test_a_stream_goes_on_after_the_event_that_a_client_had_last(library_pack: Pack) -> None:
    assert ask(library_pack, "/events", "Last-Event-ID: 1")[::2] == (200, EVENTS[15:])
    assert b"Content-Length: 30\r\n" in ask(library_pack, "/events", "Last-Event-ID: 1")[1] + b"\r\n"
    assert ask(library_pack, "/events", "Last-Event-ID: 9")[2] == EVENTS
    assert ask(library_pack, "/events", "Last-Event-ID: 3")[::2] == (204, b"")
    assert ask(library_pack, "/resumed", "Last-Event-ID: 2")[2] == EVENTS


def test_effects_and_representations_go_together(library_pack: Pack) -> None:
    clock = VirtualClock()
    chaos = ServeOptions(latency=Scaled(0.0), effects=(chaos_of("latency=3ms", 0),))
    connection, transport = Exchanger(library_pack, clock, chaos).connect()
    connection.data_received(b"GET /file HTTP/1.1\r\nHost: x\r\nRange: bytes=2-4\r\n\r\n")
    clock.advance(0.002)
    assert transport.written == b""
    clock.advance(0.002)
    assert transport.written.startswith(b"HTTP/1.1 206 ")
    assert b"X-Sandbox-Chaos: " in transport.written
    assert transport.written.endswith(b"\r\n\r\n234")


def test_a_stream_that_broke_off_breaks_off_after_its_events(library_pack: Pack) -> None:
    clock = VirtualClock()
    connection, transport = Exchanger(library_pack, clock, ServeOptions()).connect()
    connection.data_received(b"GET /cut-off HTTP/1.1\r\nHost: x\r\n\r\n")
    clock.advance(0.0025)
    assert transport.written.count(b"\n\n") == 1
    clock.advance(1)
    assert transport.written.endswith(EVENTS)
    assert transport.ended == "abort"


def test_the_pack_still_answers_itself_as_recorded(library_pack: Pack) -> None:
    assert self_replay(library_pack).differs == {}


def test_curl_understands_all_of_it(library_pack: Pack, tmp_path: Path) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("no curl here")
    begun = tmp_path / "begun"
    begun.write_bytes(b"0123")
    with serving(library_pack) as server:

        def get(target: str, *options: str) -> bytes:
            command = [curl, "-sS", "--max-time", "20", *options, f"{server.url}{target}"]
            return subprocess.run(command, capture_output=True, check=True).stdout

        assert get("/file", "-r", "2-4") == b"234"
        assert get("/file", "-r", "-3") == b"789"
        assert get("/file", "-C", "-", "-o", str(begun)) == b""
        assert begun.read_bytes() == b"0123456789"
        assert get("/coded", "--compressed") == b"0123456789" * 20
        assert get("/doc/2", "-H", 'If-None-Match: "d2"', "-w", "%{http_code}") == b"304"
        assert get("/events", "-N", "-H", "Last-Event-ID: 2", "-H", "Accept: text/event-stream") == EVENTS[30:]


def test_fields_of_recorded_requests_are_found_across_row_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartsandbox.packs.parquet.ROW_GROUP", 3)
    exchanges = [
        an_exchange(
            f"e{at:02}",
            a_request(target=f"/{at}", headers=(("X-N", "1"),) if at % 4 == 0 else ()),
            a_response(),
            at_us=at,
        )
        for at in range(20)
    ]
    fields = RecordedFields(make_pack(tmp_path, exchanges).folder)
    assert [at for at in range(20) if fields.has(at, "x-n")] == [0, 4, 8, 12, 16]
    assert fields.has(0, "range", "x-n")
    assert not fields.has(0, "range")
