"""Card numbers and IBANs with right check digits, drawn from a seeded generator."""

from __future__ import annotations

from random import Random

_BRANDS = {"visa": ("4", 16), "mastercard": ("5", 16), "amex": ("37", 15)}
_BBAN = {"GB": "aaaannnnnnnnnnnnnn", "DE": "nnnnnnnnnnnnnnnnnn", "FR": "nnnnnnnnnnnnnnnnnnnnnnn"}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def luhn_digit(digits: str) -> str:
    """The check digit that makes `digits` plus it pass the Luhn test (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def luhn_ok(number: str) -> bool:
    """Whether a card number is 12 to 19 digits and its check digit is right."""
    return number.isascii() and number.isdigit() and 12 <= len(number) <= 19 and luhn_digit(number[:-1]) == number[-1]


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


def iban_check_digits(country: str, bban: str) -> str:
    """The two check digits of ISO 13616: 98 minus the rest of BBAN + country + "00" modulo 97."""
    return f"{98 - _mod_97(bban + country + '00'):02d}"


def iban_ok(iban: str) -> bool:
    """Whether an IBAN without spaces has remainder 1 modulo 97 (ISO 13616)."""
    return iban.isascii() and iban.isalnum() and len(iban) > 14 and _mod_97(iban[4:] + iban[:4]) == 1


def iban(rng: Random, country: str) -> str:
    """An IBAN in the country's layout; a country that has none gets a British one."""
    country = country if country in _BBAN else "GB"
    bban = "".join(rng.choice(_LETTERS) if kind == "a" else _digits(rng, 1) for kind in _BBAN[country])
    return country + iban_check_digits(country, bban) + bban


def _mod_97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text.upper())) % 97


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))
