from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.timeline.notation import DAY_US, SECOND_US, read_time

HOUR = 3600 * SECOND_US
PRECISE = 1_700_000_000_123_456


@pytest.mark.parametrize(
    ("text", "us", "grain"),
    [
        ("1700000000", 1_700_000_000 * SECOND_US, SECOND_US),
        ("1700000000123", 1_700_000_000_123_000, 1000),
        ("1700000000.5", 1_700_000_000_500_000, 100_000),
        ("1700000000123456789", 1_700_000_000_123_456, 1),
        ("2023-11-14T22:13:20Z", 1_700_000_000 * SECOND_US, SECOND_US),
        ("2023-11-15T00:13:20+02:00", 1_700_000_000 * SECOND_US, SECOND_US),
        ("2023-11-14T22:13:20.000Z", 1_700_000_000 * SECOND_US, SECOND_US),
        ("2023-11-14 22:13", 1_699_999_980 * SECOND_US, 60 * SECOND_US),
        ("2023-11-14", 1_699_920_000 * SECOND_US, DAY_US),
        ("2023-11-14T00:00:00Z", 1_699_920_000 * SECOND_US, DAY_US),
        ("2023-11-14 10:13:20 PM", 1_700_000_000 * SECOND_US, SECOND_US),
        ("Tue, 14 Nov 2023 22:13:20 GMT", 1_700_000_000 * SECOND_US, SECOND_US),
        ("Tue, 14 Nov 2023 15:13:20 -0700", 1_700_000_000 * SECOND_US, SECOND_US),
        ("20231114T221320Z", 1_700_000_000 * SECOND_US, SECOND_US),
    ],
)
def test_a_time_is_read_with_its_precision(text: str, us: int, grain: int) -> None:
    found = read_time(text)
    assert found is not None
    assert (found.us, found.grain_us) == (us, grain)


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("1700000000", "1700090000"),
        ("1700000000123456789", "1700090000123456042"),
        ("1700000000.000", "1700090000.000"),
        ("2023-11-14T23:13:20.123+01:00", "2023-11-16T00:13:20.123+01:00"),
        ("2023-11-14T22:13:20.1234567Z", "2023-11-15T23:13:20.1234560Z"),
        ("Tue, 14-Nov-23 22:13:20 GMT", "Wed, 15-Nov-23 23:13:20 GMT"),
        ("Tuesday, 14 Nov 2023 22:13:20 GMT", "Wednesday, 15 Nov 2023 23:13:20 GMT"),
        ("Tue Nov 14 22:13:20 2023", "Wed Nov 15 23:13:20 2023"),
        ("20231114T221320Z", "20231115T231320Z"),
        ("2023-11-14 11:13:20 PM", "2023-11-16 12:13:20 AM"),
    ],
)
def test_a_time_25_hours_later_is_written_as_it_was(text: str, later: str) -> None:
    found = read_time(text)
    assert found is not None
    assert found.rewritten(found.us + 25 * HOUR, finer=42_000_000) == later


@given(st.integers(10**15, 3 * 10**15), st.integers(0, 10**12))
def test_what_is_written_is_read_back_cut_to_its_grain(us: int, more: int) -> None:
    moment = datetime.fromtimestamp(us / SECOND_US, UTC)
    for text in (
        f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z",
        f"{moment:%a, %d %b %Y %H:%M:%S} GMT",
        f"{moment:%Y-%m-%dT%H:%M:%S}-03:30",
        str(us),
        str(us // SECOND_US),
    ):
        found = read_time(text)
        assert found is not None
        again = read_time(found.rewritten(found.us + more))
        assert again is not None
        assert 0 <= found.us + more - again.us < found.grain_us
        assert found.rewritten(found.us) == text


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00Z", "1970-01-01", "9999-12-31", "2147483647", "2038-01-19T03:14:07Z"]
)
def test_a_sentinel_never_changes(text: str) -> None:
    found = read_time(text)
    assert found is not None
    assert found.sentinel
    assert found.rewritten(PRECISE) == text
