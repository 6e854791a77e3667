"""Answers of the plain kind: what is taken apart without a parser is what the parser would have told."""

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.drive.whole import Whole


class Parsed:
    """What httptools tells of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.body, self.messages = b"", 0
        self.parser = httptools.HttpResponseParser(self)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.messages = -1

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_body(self, piece: bytes) -> None:
        self.body += piece

    def on_message_complete(self) -> None:
        self.messages += 1
        self.status, self.keep = self.parser.get_status_code(), self.parser.should_keep_alive()


def answer(*lines: bytes, body: bytes = b"ok", first: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join((first, *lines, b"", body))


LENGTH = b"Content-Length: 2"


@pytest.mark.parametrize(
    ("data", "keep"),
    [
        (answer(LENGTH), True),
        (answer(LENGTH, b"Connection: close"), False),
        (answer(LENGTH, b"connection: Keep-Alive", b"Empty:", b"Spaced:  a b"), True),
        (answer(LENGTH, first=b"HTTP/1.1 503 Service Unavailable"), True),
        (answer(b"Content-Length: 0", body=b"", first=b"HTTP/1.1 200 "), True),
    ],
)
def test_an_answer_of_the_plain_kind_is_taken_apart_here(data: bytes, keep: bool) -> None:
    found = Whole().head(data)
    assert found is not None
    head, start = found
    parsed = Parsed(data)
    assert (head.status, head.headers, data[start:], head.keep) == (
        *(parsed.status, parsed.headers, parsed.body),
        parsed.keep,
    )
    assert head.keep is keep


@pytest.mark.parametrize(
    "data",
    [
        answer(LENGTH, body=b"o"),
        answer(LENGTH, body=b"okHTTP"),
        answer(LENGTH, LENGTH),
        answer(b"Content-Length: +2"),
        answer(),
        answer(LENGTH, b"Transfer-Encoding: chunked"),
        answer(LENGTH, b"Connection: upgrade"),
        answer(LENGTH, b" folded"),
        answer(LENGTH, b"X: trailing "),
        answer(LENGTH, b"Name : x"),
        answer(LENGTH, b"X: a\x00b"),
        answer(LENGTH, b"X: a\nb: c"),
        answer(b"Content-Length: 0", body=b"", first=b"HTTP/1.1 204 No Content"),
        answer(b"Content-Length: 5", body=b"", first=b"HTTP/1.1 304 Not Modified"),
        answer(LENGTH, first=b"HTTP/1.1 103 Early Hints"),
        answer(LENGTH, first=b"HTTP/1.0 200 OK"),
        answer(LENGTH, first=b"HTTP/1.1 200"),
        b"HTTP/1.1 200 OK\r\n",
    ],
)
def test_any_other_kind_is_left_to_the_parser(data: bytes) -> None:
    assert Whole().head(data) is None


LINES = st.lists(
    st.one_of(
        st.sampled_from([LENGTH, b"Content-Length: 02", b"Connection: close", b"CONNECTION: keep-alive", b"A:b", b"A"]),
        st.binary(max_size=8),
        st.tuples(st.sampled_from([b"X", b"Connection", b"Set-Cookie"]), st.binary(max_size=6)).map(b": ".join),
    ),
    max_size=4,
)


@given(LINES, st.sampled_from([b"", b"ok", b"ok2"]), st.sampled_from([b"200 OK", b"404 ", b"500 x y", b"99 x"]))
def test_whatever_is_taken_here_httptools_takes_the_same_way(lines: list[bytes], body: bytes, status: bytes) -> None:
    data = answer(*lines, body=body, first=b"HTTP/1.1 " + status)
    found = Whole().head(data)
    if found is not None:
        head, start = found
        parsed = Parsed(data)
        assert parsed.messages == 1
        assert (head.status, head.headers, data[start:]) == (parsed.status, parsed.headers, parsed.body)
        assert head.keep == parsed.keep


def test_heads_are_remembered_within_a_bound() -> None:
    whole = Whole()
    for number in range(5000):
        assert whole.head(answer(LENGTH, b"X: %d" % number)) is not None
    assert whole.remembered <= 2048
