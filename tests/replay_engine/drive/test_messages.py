"""Requests as they go on the wire."""

import gzip
from pathlib import Path

from smartsandbox.packs.model import Request
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.drive.messages import Messages
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.rows import Rows


def sent(folder: Path, *requests: Request, target: str = "http://127.0.0.1:80/base") -> list[bytes]:
    exchanges = [
        an_exchange(f"e{n}", request, a_response(), at_us=n, endpoint=f"{request.method} /x")
        for n, request in enumerate(requests)
    ]
    pack: Pack = make_pack(folder, exchanges)
    messages = Messages(pack, Rows.load(pack), resolve_target(target), "r1")
    return [messages.of(row) for row in range(len(requests))]


def test_a_request_goes_out_as_recorded_but_for_its_host_and_connection(tmp_path: Path) -> None:
    headers = (("Accept", "*/*"), ("Host", "prod"), ("Connection", "close"), ("X-Sandbox-Session", "old"))
    assert sent(tmp_path, a_request(target="/a%20b?q=1", headers=headers)) == [
        b"GET /base/a%20b?q=1 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nX-Sandbox-Run: r1\r\nAccept: */*\r\n"
        b"X-Sandbox-Session: s1\r\n\r\n"
    ]


def test_a_loop_s_later_rounds_are_sessions_and_a_run_of_their_own(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [an_exchange("e", a_request(target="/a"), a_response(), session="s1")])
    messages = Messages(pack, Rows.load(pack), resolve_target("http://127.0.0.1:80"), "r1")
    lines = [messages.of(0, turn).split(b"\r\n") for turn in (0, 1, 2)]
    assert [line[2] for line in lines] == [b"X-Sandbox-Run: r1", b"X-Sandbox-Run: r1.2", b"X-Sandbox-Run: r1.3"]
    assert [line[3] for line in lines] == [
        *(b"X-Sandbox-Session: s1", b"X-Sandbox-Session: s1.2", b"X-Sandbox-Session: s1.3"),
    ]


def test_a_body_goes_out_in_its_recorded_coding_with_a_length(tmp_path: Path) -> None:
    (message,) = sent(tmp_path, a_request("POST", "/x", body=b"hello", headers=(("Content-Encoding", "gzip"),)))
    head, _, body = message.partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert b"Content-Length: %d" % len(body) in head
    assert gzip.decompress(body) == b"hello"


def test_a_post_without_a_body_says_so(tmp_path: Path) -> None:
    (message,) = sent(tmp_path, a_request("POST", "/x"))
    assert b"Content-Length: 0\r\n" in message


def test_a_pack_of_several_hosts_names_the_recorded_one(tmp_path: Path) -> None:
    one, two = sent(tmp_path, a_request(host="one.test"), a_request(host="two.test"))
    assert b"X-Sandbox-Host: one.test\r\n" in one
    assert b"X-Sandbox-Host: two.test\r\n" in two


def test_octets_that_no_request_line_may_hold_are_percent_encoded(tmp_path: Path) -> None:
    (message,) = sent(tmp_path, Request("GET", "http", "h", "/a b\r\nX: y", "q=é"), target="http://127.0.0.1")
    assert message.startswith(b"GET /a%20b%0D%0AX:%20y?q=%C3%A9 HTTP/1.1\r\n")
