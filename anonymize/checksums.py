"""What is a payment card or an IBAN as people write them: the shape first, then the check digits."""

from __future__ import annotations

import re

from smartsandbox.packs.checksums import iban_holds, luhn_holds

_CARD = re.compile(r"[2-6]\d{12,18}", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", re.ASCII)


def is_card(digits: str) -> bool:
    """True for 13 to 19 digits in an issuer range whose last digit is the Luhn digit."""
    return _CARD.fullmatch(digits) is not None and luhn_holds(digits)


def is_iban(value: str) -> bool:
    """True for an IBAN with or without spaces whose check digits are right."""
    compact = re.sub(r"\s", "", value).upper()
    return _IBAN.fullmatch(compact) is not None and iban_holds(compact)
