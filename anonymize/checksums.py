"""Check digits: Luhn (ISO/IEC 7812-1) for payment cards, mod 97 (ISO 13616) for IBANs."""

from __future__ import annotations

import re

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")


def luhn_digit(body: str) -> str:
    """The digit that makes `body` plus it valid."""
    total = 0
    for index, char in enumerate(reversed(body)):
        digit = int(char) * (2 if index % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return str(-total % 10)


def is_card(digits: str) -> bool:
    """True for 13 to 19 digits in an issuer range whose last digit is the Luhn digit."""
    return (
        13 <= len(digits) <= 19 and digits.isdigit() and digits[0] in "23456" and luhn_digit(digits[:-1]) == digits[-1]
    )


def iban_check_digits(country: str, account: str) -> str:
    """The two digits after the country code."""
    return f"{98 - _mod97(account + country + '00'):02d}"


def is_iban(value: str) -> bool:
    """True for an IBAN with or without spaces whose check digits are right."""
    compact = re.sub(r"\s", "", value).upper()
    return _IBAN.fullmatch(compact) is not None and _mod97(compact[4:] + compact[:4]) == 1


def _mod97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97
