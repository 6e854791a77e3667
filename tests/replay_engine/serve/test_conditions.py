"""Preconditions against validators, by table."""

import pytest

from smartsandbox.replay_engine.plan import AT_ONCE
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.conditions import holds_already, not_modified

DATE = b"Tue, 14 Nov 2023 22:13:20 GMT"
HEAD = b'HTTP/1.1 200 OK\r\nETag: W/"a,b"\r\nLast-Modified: ' + DATE + b"\r\nContent-Length: 2\r\n\r\n"


@pytest.mark.parametrize(
    ("fields", "held"),
    [
        ({b"if-none-match": b'"a,b"'}, True),
        ({b"if-none-match": b'"x", W/"a,b"'}, True),
        ({b"if-none-match": b"*"}, True),
        ({b"if-none-match": b'"a"'}, False),
        ({b"if-none-match": b'"x"', b"if-modified-since": DATE}, False),
        ({b"if-modified-since": DATE}, True),
        ({b"if-modified-since": b"Tue, 14 Nov 2023 22:13:19 GMT"}, False),
        ({b"if-modified-since": b"soon"}, False),
        ({}, False),
    ],
)
def test_what_a_client_has_already(fields: dict[bytes, bytes], held: bool) -> None:
    assert holds_already(HEAD, fields) is held


def test_tags_without_quotes_are_compared_as_they_are() -> None:
    head = b"HTTP/1.1 200 OK\r\nETag: 5f-1a\r\n\r\n"
    assert holds_already(head, {b"if-none-match": b"5f-1a"})
    assert not holds_already(head, {b"if-none-match": b"5f-1b"})


def test_without_validators_nothing_is_held() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    assert not holds_already(head, {b"if-none-match": b"*", b"if-modified-since": DATE})


def test_304_keeps_what_does_not_describe_a_body() -> None:
    head = HEAD[:-2] + b"Cache-Control: private\r\nContent-Type: text/plain\r\nContent-Location: /a\r\n\r\n"
    assert not_modified(Answer(AT_ONCE, head, b"ab")).whole == (
        b'HTTP/1.1 304 Not Modified\r\nETag: W/"a,b"\r\nLast-Modified: ' + DATE + b"\r\n"
        b"Cache-Control: private\r\nContent-Location: /a\r\n\r\n"
    )
