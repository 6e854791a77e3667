"""HTTP/1 messages as they stood on the wire."""

from __future__ import annotations

import gzip

import pytest

from smartsandbox.packs.capture.raw_http import BAD_CHUNKS, read_message
from smartsandbox.packs.errors import UnreadableError

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("wire", "body", "whole"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcd", b"abc", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", b"abc", False),
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", b"to the end", True),
        (CHUNKED + b"3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n", b"abc0123456789", True),
        (CHUNKED + b"3\r\nabc\r\nA\r\n01", b"abc01", False),
        (b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx", b"x", True),
    ],
)
def test_a_body_ends_where_its_headers_say(wire: bytes, body: bytes, whole: bool) -> None:
    message = read_message(wire, [])
    assert (message.body, message.whole) == (body, whole)


def test_content_coding_is_undone() -> None:
    packed = gzip.compress(b"hello")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    assert read_message(head + packed, []).body == b"hello"


def test_chunks_that_are_none_stay_with_a_note() -> None:
    notes: list[str] = []
    message = read_message(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nplain\r\n", notes)
    assert (message.body, notes) == (b"plain\r\n", [BAD_CHUNKS])


@pytest.mark.parametrize("wire", [b"", b"x", b"\r\n\r\n"])
def test_a_message_needs_a_start_line(wire: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_message(wire, [])
