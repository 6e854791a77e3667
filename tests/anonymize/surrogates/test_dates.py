"""Dates and times of people get another valid one in the notation that they were written in."""

from __future__ import annotations

import re

import pytest

from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.surrogates.dates import PersonalDate
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.timeline.notation import read_time

KIND = PersonalDate()


class NoMinter:
    """A date has no parts."""


def surrogate(value: str) -> str:
    canonical = KIND.canonical(value)
    made = KIND.make(canonical, Draw(RunKey(b"a" * 32), "date", canonical), NoMinter())  # type: ignore[arg-type]
    return KIND.dress(made, value)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("1987-04-09", r"(19[4-9]\d|200[0-5])-\d\d-\d\d"),
        ("09.04.1987", r"\d\d\.\d\d\.(19[4-9]\d|200[0-5])"),
        ("1987-04-09T00:00:00Z", r"(19[4-9]\d|200[0-5])-\d\d-\d\dT00:00:00Z"),
        ("2024-05-06T07:08:09Z", r"20[01]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("2024-05-06T07:08:09.123+02:00", r"20[01]\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+02:00"),
        ("Mon, 06 May 2024 07:08:09 GMT", r"[MTWFS][a-z]{2}, \d\d [A-Z][a-z]{2} 20[01]\d \d\d:\d\d:\d\d GMT"),
        ("1714979289", r"1[0-5]\d{8}"),
        ("1714979289123", r"1[0-5]\d{11}"),
    ],
)
def test_another_date_or_time_of_the_same_notation(value: str, form: str) -> None:
    made = surrogate(value)
    assert re.fullmatch(form, made), made
    assert made != value
    assert read_time(made) is not None or read_time(value) is None


def test_two_notations_of_one_moment_stay_one_moment() -> None:
    text, epoch = read_time(surrogate("2024-05-06T07:08:09Z")), read_time(surrogate("1714979289"))
    assert text is not None
    assert epoch is not None
    assert text.us == epoch.us
