"""Which lines about framing may stand in what is published."""

from __future__ import annotations

import pytest

from smartsandbox.anonymize.framing import is_published


@pytest.mark.parametrize(
    ("name", "value", "published"),
    [
        ("Connection", "keep-alive, Upgrade", True),
        ("connection", "close", True),
        ("Connection", "", True),
        ("Connection", "close, X-Customer-4711", False),
        ("Keep-Alive", "timeout=5, max=1000", True),
        ("Keep-Alive", "timeout=5, id=ann", False),
        ("Keep-Alive", "timeout=20260301", False),
        ("Trailer", "X-Customer-4711", False),
        ("Content-Length", "12", False),
        ("Transfer-Encoding", "chunked", False),
        ("X-Anything", "ann", True),
    ],
)
def test_a_line_is_left_out_unless_it_says_nothing(name: str, value: str, published: bool) -> None:
    assert is_published(name, value) == published
