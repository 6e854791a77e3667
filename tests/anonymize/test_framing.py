"""What may stand in lines about framing and coding that is published."""

from __future__ import annotations

import pytest

from smartsandbox.anonymize.framing import BOUNDARY, Reframer, published
from smartsandbox.packs.model import Request


def is_public(text: str) -> bool:
    return text in ("profile", "version", "type", "user", "feed", "application/json")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Connection", "keep-alive, Upgrade", "keep-alive, Upgrade"),
        ("connection", "close", "close"),
        ("Connection", "", ""),
        ("Connection", "close, X-Customer-4711", None),
        ("Keep-Alive", "timeout=5, max=1000", "timeout=5, max=1000"),
        ("Keep-Alive", "timeout=5, id=ann", None),
        ("Keep-Alive", "timeout=20260301", None),
        ("Content-Encoding", "gzip, br", "gzip, br"),
        ("Content-Encoding", "ann", None),
        ("Trailer", "X-Customer-4711", None),
        ("Content-Length", "12", None),
        ("Transfer-Encoding", "chunked", None),
        ("X-Anything", "ann", "ann"),
        ("Content-Type", "application/json", "application/json"),
        ("Content-Type", "application/json;charset=utf-8", "application/json;charset=utf-8"),
        ("Content-Type", "text/plain; charset=ann", "text/plain"),
        ("Content-Type", "application/json; profile=https://x.test/u/ann; version=2", "application/json; version=2"),
        ("Content-Type", 'application/atom+xml; type="feed"', 'application/atom+xml; type="feed"'),
        ("Content-Type", "application/json; ann", "application/json"),
        ("Content-Type", "application/json; user=ann", "application/json"),
        ("Content-Type", 'multipart/form-data; boundary="bd-ann"', f"multipart/form-data; boundary={BOUNDARY}"),
    ],
)
def test_a_line_keeps_only_what_says_nothing(name: str, value: str, expected: str | None) -> None:
    assert published(name, value, is_public) == expected


def a_form(boundary: str) -> Request:
    body = f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--{boundary}--\r\n'.encode()
    headers = (("Content-Type", f"multipart/form-data; boundary={boundary}"), ("Content-Length", "99"))
    return Request("POST", "https", "a.test", "/", "", headers, body)


def test_a_boundary_is_another_one_in_the_line_and_in_the_body() -> None:
    reframer = Reframer(is_public)
    made = reframer.run(a_form("bd-ann"))
    assert made == reframer.run(a_form(BOUNDARY))
    assert b"ann" not in made.body
    assert made.body.count(BOUNDARY.encode()) == 2


def test_what_says_nothing_stays_the_same_object() -> None:
    plain = Request("GET", "https", "a.test", "/", "", (("Accept", "*/*"),), b"")
    assert Reframer(is_public).run(plain) is plain
