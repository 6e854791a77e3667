from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.demo.account_numbers import (
    brand_of,
    card_number,
    iban,
    iban_check_digits,
    iban_ok,
    luhn_digit,
    luhn_ok,
)


def test_the_luhn_digit_of_the_standards_example_is_three() -> None:
    assert luhn_digit("7992739871") == "3"


@pytest.mark.parametrize(
    ("number", "ok"),
    [("4111111111111111", True), ("4111111111111112", False), ("4111 1111", False), ("", False), ("٤" * 16, False)],
)
def test_luhn_table(number: str, ok: bool) -> None:
    assert luhn_ok(number) is ok


def test_the_iban_of_the_registrys_british_example() -> None:
    assert iban_check_digits("GB", "WEST12345698765432") == "82"
    assert iban_ok("GB82WEST12345698765432")
    assert not iban_ok("GB83WEST12345698765432")


@given(st.integers(), st.sampled_from(["visa", "mastercard", "amex"]))
def test_every_drawn_card_is_valid_and_of_its_brand(seed: int, brand: str) -> None:
    number = card_number(Random(seed), brand)
    assert luhn_ok(number)
    assert brand_of(number) == brand


@given(st.integers(), st.sampled_from(["GB", "DE", "FR", "US"]))
def test_every_drawn_iban_is_valid(seed: int, country: str) -> None:
    assert iban_ok(iban(Random(seed), country))


def test_any_changed_digit_is_noticed() -> None:
    number = card_number(Random(1), "visa")
    for place, digit in enumerate(number):
        assert not luhn_ok(number[:place] + str((int(digit) + 1) % 10) + number[place + 1 :])
