"""Heads in wire form, made before serving."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from smartsandbox.packs.model import FailureKind
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.payloads import Payloads
from smartsandbox.replay_engine.serve.prepared import Prepared

TAIL = b"X-Sandbox-Exchange: e\r\nX-Sandbox-Match: exact\r\nX-Sandbox: TEST ONLY\r\n\r\n"
GZIP = ("Content-Encoding", "gzip")
LENGTH = ("Content-Length", "999")


def answer(folder: Path, pack: Pack, accept: bytes | None = None) -> Answer:
    return Payloads(Prepared.of(pack), ServeOptions(latency=Scaled(0.0))).answer(0, accept)


def packed(folder: Path, status: int, headers: tuple[tuple[str, str], ...], body: bytes, method: str = "GET") -> Pack:
    response = a_response(status, body=body, headers=headers, reason="Fine")
    return make_pack(folder, [an_exchange("e", a_request(method), response)])


@pytest.mark.parametrize(
    ("status", "method", "headers", "body", "lines", "sent"),
    [
        (200, "GET", (("B", "1"), LENGTH, ("a", "2")), b"abc", b"B: 1\r\na: 2\r\nContent-Length: 3\r\n", b"abc"),
        (200, "GET", (), b"", b"Content-Length: 0\r\n", b""),
        (204, "GET", (LENGTH,), b"abc", b"", b""),
        (304, "GET", (LENGTH,), b"abc", b"Content-Length: 999\r\n", b""),
        (304, "GET", (("Content-Length", "x"),), b"", b"", b""),
        (200, "HEAD", (LENGTH, GZIP), b"abc", b"Content-Encoding: gzip\r\nContent-Length: 999\r\n", b""),
        (200, "GET", (("Content-Encoding", "odd"),), b"ab", b"Content-Encoding: odd\r\nContent-Length: 2\r\n", b"ab"),
        (200, "GET", (GZIP,), b"ab", b"Content-Length: 2\r\n", b"ab"),
    ],
)
def test_a_head_says_what_is_sent(
    tmp_path: Path,
    status: int,
    method: str,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
    lines: bytes,
    sent: bytes,
) -> None:
    made = answer(tmp_path, packed(tmp_path, status, headers, body, method))
    assert made.head == b"HTTP/1.1 %d Fine\r\n" % status + lines + TAIL
    assert (made.body, made.final) == (sent, False)
    assert made.whole == made.head + made.body


def test_a_body_goes_out_coded_to_who_takes_that(tmp_path: Path) -> None:
    pack = packed(tmp_path, 200, (GZIP, ("A", "\tContent-Length: 7")), b"word " * 100)
    coded = answer(tmp_path, pack, b"br, gzip")
    assert gzip.decompress(coded.body) == b"word " * 100
    declared = b"A: \tContent-Length: 7\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n" % len(coded.body)
    assert coded.head == b"HTTP/1.1 200 Fine\r\n" + declared + TAIL
    assert answer(tmp_path, pack, b"br").body == b"word " * 100


def test_a_cut_answer_declares_more_than_it_sends_in_any_coding(tmp_path: Path) -> None:
    response = a_response(200, body=b"word " * 100, headers=(GZIP, ("Content-Length", "40")), reason="Fine")
    pack = make_pack(tmp_path, [an_exchange("e", a_request(), response, failure=FailureKind.TRUNCATED)])
    for accept in (None, b"gzip"):
        made = answer(tmp_path, pack, accept)
        declared = int(made.head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        assert made.final
        assert declared > len(made.body) > 0


def test_what_was_never_answered_has_no_head(tmp_path: Path) -> None:
    made = answer(tmp_path, make_pack(tmp_path, [an_exchange("e", a_request(), failure=FailureKind.RESET)]))
    assert (made.head, made.body, made.final) == (b"", b"", True)
