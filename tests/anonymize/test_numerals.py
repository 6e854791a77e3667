"""Numbers keep the notation in which they were written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.anonymize.numerals import Numeral


@pytest.mark.parametrize(
    ("written", "magnitude", "other", "rewritten"),
    [
        ("1230", "1230", "77", "77"),
        ("12.30", "12.30", "7", "7.00"),
        ("-12.30", "12.30", "7.5", "-7.50"),
        ("EUR 12.30", "12.30", "1234.5", "EUR 1234.50"),
        ("12,30 €", "12.30", "7", "7,00 €"),
        ("$1,234.50", "1234.50", "9876543.2", "$9,876,543.20"),
        ("007", "7", "41", "041"),
        ("1.5e3", "1500", "1600", "1600"),
        ("2E-3", "0.002", "0.004", "0.004"),
    ],
)
def test_a_number_is_rewritten_in_its_notation(written: str, magnitude: str, other: str, rewritten: str) -> None:
    numeral = Numeral.read(written)
    assert numeral is not None
    assert numeral.magnitude == Decimal(magnitude)
    assert numeral.write(Decimal(other)) == rewritten


@pytest.mark.parametrize("text", ["", "abc", "1 of 3", "1.2.3", "2026-01-05", "1234567890123456789", "٣"])
def test_what_is_not_one_number_is_none(text: str) -> None:
    assert Numeral.read(text) is None


@given(st.decimals(0, 10**15, places=2), st.sampled_from(["", "-", "EUR ", "$"]), st.sampled_from(["", " EUR", "%"]))
def test_reading_and_writing_gives_the_text_back(value: Decimal, before: str, after: str) -> None:
    text = f"{before}{value:.2f}{after}"
    numeral = Numeral.read(text)
    assert numeral is not None
    assert numeral.write(numeral.magnitude) == text
