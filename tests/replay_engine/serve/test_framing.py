"""What a request's head may not say, by table."""

import pytest

from smartsandbox.replay_engine.serve.framing import refusal, repeated
from smartsandbox.replay_engine.serve.options import Limits

HOST = {b"host": b"x"}


@pytest.mark.parametrize(
    ("fields", "version", "status"),
    [
        (HOST, "1.1", None),
        ({}, "1.0", None),
        ({**HOST, b"expect": b"100-Continue"}, "1.1", None),
        ({**HOST, b"transfer-encoding": b"Chunked"}, "1.1", None),
        ({}, "1.1", b"400"),
        ({b"host": repeated(b"host", b"x", b"x")}, "1.1", b"400"),
        ({b"host": repeated(b"host", b"x", b"y")}, "1.0", b"400"),
        ({**HOST, b"transfer-encoding": b"chunked"}, "1.0", b"400"),
        ({**HOST, b"transfer-encoding": b"gzip, chunked"}, "1.1", b"501"),
        ({**HOST, b"transfer-encoding": repeated(b"transfer-encoding", b"chunked", b"chunked")}, "1.1", b"501"),
        ({**HOST, b"expect": b"gold"}, "1.1", b"417"),
        ({**HOST, b"expect": repeated(b"expect", b"100-continue", b"gold")}, "1.1", b"417"),
        ({**HOST, b"content-length": b"101"}, "1.1", b"413"),
        ({**HOST, b"content-length": b"100"}, "1.1", None),
        (HOST, "0.9", b"505"),
        (HOST, "2.0", b"505"),
    ],
)
def test_a_head_passes_or_is_refused(fields: dict[bytes, bytes], version: str, status: bytes | None) -> None:
    refused = refusal(fields, version, 500, Limits(head_bytes=500, body_bytes=100))
    assert (refused.head[9:12] if refused else None) == status


def test_a_head_over_its_limit_is_refused_first() -> None:
    refused = refusal({}, "1.1", 501, Limits(head_bytes=500))
    assert refused is not None
    assert refused.head.startswith(b"HTTP/1.1 431 ")


def test_a_repeated_list_is_one_list_and_of_other_fields_the_first_counts() -> None:
    assert repeated(b"accept-encoding", b"br", b"gzip") == b"br, gzip"
    assert repeated(b"cookie", b"a=1", b"b=2") == b"a=1; b=2"
    assert repeated(b"authorization", b"one", b"two") == b"one"
