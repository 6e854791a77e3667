"""Numbers with rules: phone, payment card, card ending, IBAN, national id. Surrogates pass the same checks."""

from __future__ import annotations

import re
import string

from smartsandbox.anonymize.surrogates.base import Base, Minter
from smartsandbox.anonymize.surrogates.draw import Draw
from smartsandbox.anonymize.surrogates.shape import reshape
from smartsandbox.anonymize.wordlist import words
from smartsandbox.packs.checksums import iban_check_digits, luhn_digit

_WIDEN_AFTER = 24


def only_digits(value: str) -> str:
    """The decimal digits of a text."""
    return "".join(char for char in value if char in string.digits)


def lay_digits(digits: str, value: str) -> str:
    """Put digits where `value` has digits; more are appended, punctuation stays."""
    left = iter(digits)
    laid = "".join(next(left, "") if char in string.digits else char for char in value)
    return laid + "".join(left)


RESERVED: dict[str, tuple[tuple[str, int], ...]] = {
    # country code: (prefix reserved for fiction after the country code, free digits after it)
    "44": tuple((prefix, 3) for prefix in words(
        "7700900 2079460 1134960 1144960 1154960 1164960 1174960 1184960 1214960 1314960 1414960 1514960 1914980"
    )),
    "33": (("19900", 4), ("26191", 4), ("35301", 4), ("46571", 4), ("53649", 4), ("63998", 4)),
    "49": (("3023125", 3), ("6990009", 3), ("4066969", 3), ("8999998", 3), ("171392", 5)),
    "61": (("491570", 3), ("255501", 4), ("355501", 4), ("755501", 4), ("855501", 4)),
    "353": (("209100", 3),),
}  # fmt: skip


class Phone(Base):
    """A number in a range reserved for fiction where its country has one, else with 55501 after the country code."""

    name, domain, strength = "phone", "phone", 75

    def narrow(self, value: str) -> str:
        """With words in it, or without digits, it is a text."""
        return self.name if only_digits(value) and _PHONE.fullmatch(value.strip()) else "text"

    def canonical(self, value: str) -> str:
        """Digits only, without an international 00; an extension is part of the number."""
        digits = only_digits(value)
        return digits[2:] if value.strip().startswith("00") and len(digits) > 10 else digits

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """As many digits as the original where the reserved range has room."""
        if not canonical:
            return draw.digits(10)
        if _is_north_american(canonical):
            area = f"{draw.between(2, 9)}{draw.digits(2)}"
            return ("1" if len(canonical) == 11 else "") + f"{area}55501{draw.digits(2)}"
        code, national = _country(canonical)
        ranges = RESERVED.get(code, ())
        if ranges and draw.attempt < _WIDEN_AFTER:
            prefix, free = draw.choice(ranges)
            return canonical[: len(canonical) - len(national)] + prefix + draw.digits(free)
        free = max(1, len(national) - 5) + draw.attempt // _WIDEN_AFTER
        return canonical[: len(canonical) - len(national)] + "55501"[: max(0, len(national) - 1)] + draw.digits(free)

    def dress(self, surrogate: str, value: str) -> str:
        """In the punctuation of the original."""
        digits = ("00" + surrogate) if value.strip().startswith("00") and len(only_digits(value)) > 10 else surrogate
        return lay_digits(digits, value)


def _is_north_american(digits: str) -> bool:
    return (len(digits) == 11 and digits[0] == "1") or (len(digits) == 10 and digits[0] in "23456789")


def _country(digits: str) -> tuple[str, str]:
    """Country code ("" for a national number) and the rest."""
    if digits.startswith("0"):
        return "", digits[1:]
    code = next((code for code in RESERVED if digits.startswith(code) and len(digits) > len(code) + 6), None)
    return (code, digits[len(code) :]) if code else (digits[:2], digits[2:]) if len(digits) > 10 else ("", digits)


TEST_BINS = {"4": "424242", "5": "555555", "3": "378282", "6": "601111", "2": "222300"}


class Card(Base):
    """A Luhn-valid number under a well-known test prefix of the same brand and length."""

    name, domain, strength = "card", "card", 85

    def narrow(self, value: str) -> str:
        """Without digits it is a word; fewer than twelve are an id."""
        digits = len(only_digits(value))
        return self.name if digits >= 12 and not _LETTER.search(value) else "id" if digits else "text"

    def canonical(self, value: str) -> str:
        """Digits only."""
        return only_digits(value)

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Brand by the first digit, length as it was."""
        body = TEST_BINS.get(canonical[0], canonical[0] + "00000") + draw.digits(len(canonical) - 7)
        return body + luhn_digit(body)

    def dress(self, surrogate: str, value: str) -> str:
        """Spaces and dashes as in the original."""
        return lay_digits(surrogate, value)


class CardEnding(Base):
    """The last four digits of a card, alone or behind a mask; those of the card's surrogate where the card is known."""

    name, domain, strength, joins, unique = "card_ending", "card_ending", 20, False, False

    def narrow(self, value: str) -> str:
        """Behind anything but a mask it is a text."""
        return self.name if _MASKED.fullmatch(value) else "text"

    def canonical(self, value: str) -> str:
        """The last four digits."""
        return only_digits(value)[-4:]

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Found from the card, or drawn."""
        return minter.ending(canonical) or draw.digits(len(canonical))

    def dress(self, surrogate: str, value: str) -> str:
        """Behind the mask of the original; digits before the ending become the test prefix."""
        lead = len(only_digits(value)) - len(surrogate)
        return lay_digits("424242424242"[:lead] + surrogate, value) if lead >= 0 else surrogate


class CardPrefix(Base):
    """The first digits of a card: the test prefix of its brand."""

    name, domain, strength, joins, unique = "card_prefix", "card_prefix", 20, False, False

    def narrow(self, value: str) -> str:
        """Digits only."""
        return self.name if not _LETTER.search(value) else "text"

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """The test prefix, cut to length."""
        digits = only_digits(canonical)
        full = TEST_BINS.get(digits[:1], "424242") + "00000000"
        return lay_digits(full[: len(digits)], canonical)


_LETTER = re.compile(r"[^\W\d_]")
_MASKED = re.compile(r"[*xX#•.\s\-\d]*\d[*xX#•.\s\-]*")
_PHONE = re.compile(r"(?:tel:)?[^\w]*\d[^A-Za-z]*?(?:(?:ext|x)\.? ?\d{1,6})?", re.IGNORECASE)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")


class Iban(Base):
    """Country and length stay, the account is drawn, the check digits are computed."""

    name, domain, strength = "iban", "iban", 82

    def canonical(self, value: str) -> str:
        """Upper case without separators."""
        return re.sub(r"[\s\-.]", "", value).upper()

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Anything that is no IBAN is drawn character by character."""
        if not _IBAN.fullmatch(canonical):
            return reshape(canonical, draw)
        country, account = canonical[:2], reshape(canonical[4:], draw)
        return country + iban_check_digits(country, account) + account

    def dress(self, surrogate: str, value: str) -> str:
        """Separators and case as in the original."""
        chars = iter(surrogate)
        laid = "".join(next(chars, "") if char.isalnum() else char for char in value)
        return laid.lower() if value.islower() else laid


class NationalId(Base):
    """A social security, tax or passport number: letters and digits drawn anew, a nine in front of nine digits.

    United States numbers never begin with nine, so such a surrogate is nobody's.
    """

    name, domain, strength = "national_id", "national_id", 78

    def narrow(self, value: str) -> str:
        """Without digits it is a word, such as the license of a package."""
        return self.name if only_digits(value) else "text"

    def canonical(self, value: str) -> str:
        """Letters and digits, upper case."""
        return "".join(char for char in value if char.isalnum()).upper()

    def make(self, canonical: str, draw: Draw, minter: Minter) -> str:
        """Same shape."""
        drawn = reshape(canonical, draw)
        return "9" + drawn[1:] if len(drawn) == 9 and drawn.isdigit() else drawn

    def dress(self, surrogate: str, value: str) -> str:
        """Separators as in the original."""
        chars = iter(surrogate)
        return "".join(next(chars, "") if char.isalnum() else char for char in value)
