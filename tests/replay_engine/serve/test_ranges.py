"""Parts of an answer, by table."""

import pytest

from smartsandbox.replay_engine.plan import AT_ONCE, Close, SendBody, SendHead
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.ranges import part_of, ranged

HEAD = (
    b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nLast-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n'
    b"Content-Type: text/plain\r\nContent-Length: 10\r\n\r\n"
)
ANSWER = Answer(AT_ONCE, HEAD, b"0123456789")


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (b"bytes=0-3", range(4)),
        (b"BYTES=2-", range(2, 10)),
        (b"bytes=-3", range(7, 10)),
        (b"bytes=-99", range(10)),
        (b"bytes=8-99", range(8, 10)),
        (b"bytes=10-", range(0)),
        (b"bytes=-0", range(10, 10)),
        (b"bytes=5-4", None),
        (b"bytes=0-1,3-4", None),
        (b"bytes=-", None),
        (b"bytes=a-b", None),
        (b"items=0-3", None),
        (b"bytes=" + b"9" * 30 + b"-", None),
    ],
)
def test_which_bytes_are_asked_for(header: bytes, part: range | None) -> None:
    assert part_of(header, 10) == part


def test_nothing_of_an_empty_answer_can_be_had() -> None:
    assert part_of(b"bytes=0-", 0) == range(0)


def test_a_part_is_sent_with_its_place_and_its_length() -> None:
    part = ranged(ANSWER, b"bytes=2-4", None)
    assert part.whole == (
        b'HTTP/1.1 206 Partial Content\r\nETag: "v1"\r\nLast-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n'
        b"Content-Type: text/plain\r\nContent-Range: bytes 2-4/10\r\nContent-Length: 3\r\n\r\n234"
    )


def test_what_cannot_be_had_is_416() -> None:
    none = ranged(ANSWER, b"bytes=10-", None)
    assert none.head.startswith(b"HTTP/1.1 416 Range Not Satisfiable\r\n")
    assert none.head.endswith(b"Content-Range: bytes */10\r\nContent-Length: 0\r\n\r\n")
    assert none.body == b""


@pytest.mark.parametrize(
    ("validator", "status"),
    [
        (b'"v1"', b"206"),
        (b'"v2"', b"200"),
        (b'W/"v1"', b"200"),
        (b"Tue, 14 Nov 2023 22:13:20 GMT", b"206"),
        (b"Tue, 14 Nov 2023 22:13:21 GMT", b"200"),
    ],
)
def test_a_part_of_what_has_changed_is_the_whole(validator: bytes, status: bytes) -> None:
    assert ranged(ANSWER, b"bytes=0-1", validator).head[9:12] == status


def test_an_answer_that_breaks_off_is_not_cut() -> None:
    cut = Answer((SendHead(short=True), SendBody(), Close()), HEAD, b"01234", final=True)
    assert ranged(cut, b"bytes=0-1", None) is cut
