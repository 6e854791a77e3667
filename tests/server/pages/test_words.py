from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.server.pages import words


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 10, "0 %"),
        (10, 10, "100 %"),
        (1, 3, "33.3 %"),
        (1, 100_000, "< 0.1 %"),
        (99_999, 100_000, "> 99.9 %"),
        (0, 0, "0 %"),
        (None, 10, "unknown"),
        (3, None, "unknown"),
    ],
)
def test_a_share_never_hides_what_is_there(part: float | None, whole: float | None, said: str) -> None:
    assert words.share(part, whole) == said


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_no_part_of_a_whole_shows_as_nothing_or_all(part: int, rest: int) -> None:
    assert words.share(part, part + rest) not in ("0 %", "100 %")


@pytest.mark.parametrize(
    ("octets", "said"), [(0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (999_700, "1 MB"), (1_234_567, "1.23 MB")]
)
def test_a_size_is_in_decimal_units(octets: int, said: str) -> None:
    assert words.size(octets) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "yes"),
        (12_345, "12,345"),
        (0.123456, "0.1235"),
        (None, "none"),
        ({}, "none"),
        ({"email": 3, "name": 2}, "email 3, name 2"),
        ([1, "a"], "1, a"),
    ],
)
def test_a_value_of_a_manifest_fits_one_line(value: Any, said: str) -> None:
    assert words.plain(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(33.0, "33"), (0.5, "0.5"), (2.0, "2"), (1234.4, "1,234"), (0, "0"), (0.05, "0.1"), (0.00013, "0.00013")],
)
def test_a_rate_is_whole_where_it_is_large(value: float, said: str) -> None:
    assert words.rate(value) == said
