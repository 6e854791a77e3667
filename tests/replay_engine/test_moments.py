"""Times are read by their form, numbers by the name of their field, and written in the same form after a shift."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.moments import DAY, SECOND, http_date, iso_time, moment


@pytest.mark.parametrize(
    ("text", "us", "week_later", "second_later"),
    [
        ("2026-01-31", 1_769_817_600_000_000, "2026-02-07", "2026-01-31"),
        ("2026-01-31T10:00:00Z", 1_769_853_600_000_000, "2026-02-07T10:00:00Z", "2026-01-31T10:00:01Z"),
        ("2026-01-31 10:00", 1_769_853_600_000_000, "2026-02-07 10:00", "2026-01-31 10:00"),
        (
            "2026-01-31T10:00:00.125+02:00",
            1_769_846_400_000_000,
            "2026-02-07T10:00:00.125+02:00",
            "2026-01-31T10:00:01.125+02:00",
        ),
        (
            "Tue, 14 Nov 2023 22:13:20 GMT",
            1_700_000_000_000_000,
            "Tue, 21 Nov 2023 22:13:20 GMT",
            "Tue, 14 Nov 2023 22:13:21 GMT",
        ),
    ],
)
def test_a_text_keeps_its_form(text: str, us: int, week_later: str, second_later: str) -> None:
    at = moment(text)
    assert at is not None
    assert (at.us, at.shifted(7 * DAY), at.shifted(SECOND)) == (us, week_later, second_later)


@pytest.mark.parametrize(
    ("text", "name", "later"),
    [
        ("1700000000", "created", "1700604800"),
        ("1700000000123", "createdAt", "1700604800123"),
        ("1700000000.25", "ts", "1700604800.25"),
        ("1700000000", "amount", None),
        ("1700000000", "account_id", None),
        ("17000000001", "created", None),
    ],
)
def test_a_number_is_a_time_by_its_name(text: str, name: str, later: str | None) -> None:
    at = moment(text, name, number=True)
    assert (at and at.shifted(7 * DAY)) == later


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-02-30T10:00:00Z", "2026-1-1", "not a date", "20260131", "1700000000"]
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert moment(text) is None


def test_birth_dates_stay_and_expiries_are_told_apart() -> None:
    assert moment("1990-05-01", "date_of_birth") is None
    expiring = [moment("2026-01-31T10:00:00Z", name) for name in ("expires_at", "exp", "created_at")]
    assert [at and at.expiry for at in expiring] == [True, True, False]
    day = moment("2026-01-31", "expires_on")
    assert day is not None
    assert not day.expiry  # a card's last day is a date like others


@given(st.integers(0, 4_000_000_000), st.integers(-500, 500))
def test_a_shift_by_weeks_keeps_weekday_and_time_of_day(second: int, weeks: int) -> None:
    http, iso = moment(http_date(second * SECOND)), moment(iso_time(second * SECOND))
    assert http is not None
    assert iso is not None
    later = http.shifted(weeks * 7 * DAY)
    assert (later[:3], later[-12:]) == (http.text[:3], http.text[-12:])
    assert later == http_date((second + weeks * 7 * 86_400) * SECOND)
    assert iso.shifted(weeks * 7 * DAY)[10:] == iso.text[10:]
