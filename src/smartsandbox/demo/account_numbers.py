"""Card numbers and IBANs with right check digits, drawn from a seeded generator."""

from __future__ import annotations

from random import Random

from smartsandbox.packs.checksums import iban_check_digits, luhn_digit, luhn_holds

_BRANDS = {"visa": ("4", 16), "mastercard": ("5", 16), "amex": ("37", 15)}
_BBAN = {"GB": "aaaannnnnnnnnnnnnn", "DE": "nnnnnnnnnnnnnnnnnn", "FR": "nnnnnnnnnnnnnnnnnnnnnnn"}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_card_number(number: str) -> bool:
    """Whether a card number is 12 to 19 digits and its check digit is right."""
    return 12 <= len(number) <= 19 and luhn_holds(number)


def card_number(rng: Random, brand: str) -> str:
    """A number of the brand's length and prefix ("visa", "mastercard", "amex")."""
    prefix, length = _BRANDS[brand]
    if brand == "mastercard":
        prefix += rng.choice("12345")
    digits = prefix + _digits(rng, length - 1 - len(prefix))
    return digits + luhn_digit(digits)


def brand_of(number: str) -> str:
    """The brand that a number's prefix names, "unknown" for any other."""
    return next((brand for brand, (prefix, _) in _BRANDS.items() if number.startswith(prefix)), "unknown")


def iban(rng: Random, country: str) -> str:
    """An IBAN in the country's layout; a country that has none gets a British one."""
    country = country if country in _BBAN else "GB"
    bban = "".join(rng.choice(_LETTERS) if kind == "a" else _digits(rng, 1) for kind in _BBAN[country])
    return country + iban_check_digits(country, bban) + bban


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))
