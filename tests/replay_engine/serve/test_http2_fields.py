"""Fields of HTTP/2 to requests, and heads to fields, by table."""

import pytest

from smartsandbox.replay_engine.serve.http2_fields import fields_of, request_of, status_of

PLAIN = [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"x:1"), (b":path", b"/a?b=1")]


def changed(**fields: bytes) -> list[tuple[bytes, bytes]]:
    special = {**{name.decode(): value for name, value in PLAIN}, **{f":{name}": fields[name] for name in fields}}
    return [(name.encode(), value) for name, value in special.items()]


def test_a_request_has_the_fields_that_decide_anything() -> None:
    more = [(b"accept-encoding", b"br"), (b"accept-encoding", b"gzip"), (b"cookie", b"a=1"), (b"cookie", b"b=2")]
    request = request_of([*PLAIN, (b"x-other", b"y"), *more], 7.0)
    assert request is not None
    assert (request.method, request.target, request.begun) == ("GET", b"/a?b=1", 7.0)
    assert request.fields == {b"host": b"x:1", b"accept-encoding": b"br, gzip", b"cookie": b"a=1; b=2"}


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        (changed(path=b"*"), True),
        (changed(method=b"M-SEARCH"), True),
        (changed(path=b""), False),
        (changed(path=b"http://x/a"), False),
        (changed(path=b"/a\r\nX: y"), False),
        (changed(method=b"GE T"), False),
        (changed(method=b""), False),
        ([*PLAIN, (b"authorization", b"a\0b")], False),
        ([*PLAIN, (b"x-other", b"a\0b")], True),
        ([(b":method", b"CONNECT"), (b":authority", b"x:443")], False),
    ],
)
def test_what_is_malformed_is_no_request(fields: list[tuple[bytes, bytes]], holds: bool) -> None:
    assert (request_of(fields, 0.0) is not None) is holds


def test_a_head_becomes_fields_in_lower_case_without_those_of_a_connection() -> None:
    head = b"HTTP/1.1 404 Not Found\r\nContent-Type:  text/plain \r\nConnection: close\r\nX-A: b:c\r\n\r\n"
    assert fields_of(head) == [(b":status", b"404"), (b"content-type", b"text/plain"), (b"x-a", b"b:c")]
    assert status_of(head) == 404
