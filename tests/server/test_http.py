from __future__ import annotations

import pytest

from smartsandbox.server.http import is_current


@pytest.mark.parametrize(
    ("header", "current"),
    [
        (None, False),
        ("", False),
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ('"b"', False),
        ("*", True),
        ("a", False),
    ],
)
def test_entity_tags_compare_weakly(header: str | None, current: bool) -> None:
    assert is_current(header, '"a"') is current
