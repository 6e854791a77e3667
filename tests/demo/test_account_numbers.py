from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.demo.account_numbers import brand_of, card_number, iban, is_card_number
from smartsandbox.packs.checksums import iban_holds


@pytest.mark.parametrize(
    ("number", "ok"),
    [("4111111111111111", True), ("4111111111111112", False), ("4242", False), ("0" * 20, False)],
)
def test_a_card_number_has_the_length_of_one_and_the_right_check_digit(number: str, ok: bool) -> None:
    assert is_card_number(number) is ok


@given(st.integers(), st.sampled_from(["visa", "mastercard", "amex"]))
def test_every_drawn_card_is_valid_and_of_its_brand(seed: int, brand: str) -> None:
    number = card_number(Random(seed), brand)
    assert is_card_number(number)
    assert brand_of(number) == brand


@given(st.integers(), st.sampled_from(["GB", "DE", "FR", "US"]))
def test_every_drawn_iban_is_valid(seed: int, country: str) -> None:
    assert iban_holds(iban(Random(seed), country))


def test_any_changed_digit_is_noticed() -> None:
    number = card_number(Random(1), "visa")
    for place, digit in enumerate(number):
        assert not is_card_number(number[:place] + str((int(digit) + 1) % 10) + number[place + 1 :])
