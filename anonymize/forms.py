"""Forms that identify by themselves: what is a card, an address or a secret wherever it stands, by its shape.

A form knows which of its values are nobody's: test prefixes of cards, numbers and domains reserved for examples.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from smartsandbox.anonymize.keynames import tokens_of
from smartsandbox.anonymize.leaves import Pointer
from smartsandbox.anonymize.surrogates.accounts import emails_in
from smartsandbox.anonymize.surrogates.numbers import RESERVED, TEST_BINS, only_digits
from smartsandbox.anonymize.wordlist import words
from smartsandbox.packs.checksums import iban_holds, luhn_holds

Names = frozenset[str]
"""The words of the names that lead to a leaf."""


def names_of(pointer: Pointer) -> Names:
    """The words of the names in a pointer, lower case."""
    return Names(token for name in pointer for token in tokens_of(name))


@dataclass(frozen=True, slots=True)
class Form:
    """`find` gives what has the form in a text, as it is spelled; `holds` says which of that may be somebody's.

    `surrogate` is the class it is replaced under.

    `chance` is the share of other values of that shape that are valid as well: where no more are, they are ids.
    """

    name: str
    surrogate: str
    find: Callable[[str, Names], Iterator[str]]
    holds: Callable[[str], bool]
    chance: float = 0.0


_CARD = re.compile(r"(?<![\w.\-])\d(?:[ \-]?\d){12,18}(?![\w\-]|\.\d)", re.ASCII)
_BRANDS: tuple[tuple[str, tuple[int, ...]], ...] = (
    # prefix, lengths (ISO/IEC 7812-1 registry of issuers)
    (r"4", (13, 16, 19)),
    (r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)", (16,)),
    (r"3[47]", (15,)),
    (r"6011|64[4-9]|65", (16, 17, 18, 19)),
    (r"62", (16, 17, 18, 19)),
    (r"35(?:2[89]|[3-8])", (16, 17, 18, 19)),
    (r"30[0-5]|36|38|39", (14,)),
)
_BRAND_OF = tuple((re.compile(prefix), lengths) for prefix, lengths in _BRANDS)


def _cards(text: str, names: Names) -> Iterator[str]:
    for match in _CARD.finditer(text):
        digits = only_digits(match[0])
        if any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in _BRAND_OF):
            yield match[0]


def _is_live_card(card: str) -> bool:
    digits = only_digits(card)
    return luhn_holds(digits) and not digits.startswith(tuple(TEST_BINS.values())) and len(set(digits)) > 2


_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]){11,30}(?![A-Za-z0-9])")
_IBAN_LENGTHS = {
    int(length): frozenset(words(countries))
    for length, countries in (
        ("15", "NO"),
        ("16", "BE"),
        ("18", "DK FI FO GL NL"),
        ("19", "MK SI"),
        ("20", "AT BA EE KZ LT LU XK"),
        ("21", "CH HR LI LV"),
        ("22", "BG BH CR DE GB GE IE ME RS VA"),
        ("23", "AE GI IL IQ TL"),
        ("24", "AD CZ ES MD PK RO SA SE SK TN VG"),
        ("25", "LY PT"),
        ("26", "IS TR"),
        ("27", "BI DJ FR GR IT MC MR SM"),
        ("28", "AL AZ BY CY DO GT HU LB PL SV"),
        ("29", "BR EG PS QA UA"),
        ("30", "JO KW MU"),
        ("31", "MT SC"),
        ("32", "LC"),
    )
}
"""Length to countries, as in the IBAN registry of ISO 13616."""


def _ibans(text: str, names: Names) -> Iterator[str]:
    for match in _IBAN.finditer(text):
        compact = _compact(match[0])
        if compact[:2] in _IBAN_LENGTHS.get(len(compact), ()):
            yield match[0]


def _compact(iban: str) -> str:
    return iban.replace(" ", "").replace("-", "")


def _is_iban(iban: str) -> bool:
    return iban_holds(_compact(iban))


_RESERVED_ENDS = words("example.com example.net example.org example test invalid localhost local")
"""RFC 2606 and RFC 6761, and .local of RFC 6762."""
_RESERVED_DOMAIN = re.compile(rf"(?:.*\.)?(?:{'|'.join(map(re.escape, _RESERVED_ENDS))})", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[^\W_][\w\-]*\.)+(?:[^\W\d_]{2,24}|xn--[\w\-]{2,24})")
_PIXELS = re.compile(r"\dx\.(?:png|jpe?g|gif|webp|svg|avif)", re.IGNORECASE)
"""The domain of icon@2x.png."""


_NO_MAILBOX = frozenset(words("git hg svn"))
"""Whom a repository is fetched as: git@host:path. What begins with // is the user of a URL."""


def _emails(text: str, names: Names) -> Iterator[str]:
    return (found.rstrip(".-") for found in emails_in(text))


def _is_live_email(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    if local.startswith("//") or local in _NO_MAILBOX:
        return False
    return bool(_DOMAIN.fullmatch(domain) and not _RESERVED_DOMAIN.fullmatch(domain) and not _PIXELS.fullmatch(domain))


_PHONE_NAMES = frozenset(words("phone telephone tel mobile cell cellphone fax msisdn whatsapp sms"))
_E164 = re.compile(r"(?<![\w+])\+[1-9][\d ().\-]{6,22}\d(?!\w)")
_MOST_PHONE_DIGITS = 15
_FICTION = "55501"


def _phones(text: str, names: Names) -> Iterator[str]:
    for match in _E164.finditer(text) if names & _PHONE_NAMES else ():
        if 8 <= len(only_digits(match[0])) <= _MOST_PHONE_DIGITS:
            yield match[0]


def _is_live_phone(phone: str) -> bool:
    digits = only_digits(phone)
    if digits.startswith("1"):
        return digits[4:9] != _FICTION
    code = next((code for code in RESERVED if digits.startswith(code)), "")
    reserved = tuple(code + prefix for prefix, _ in RESERVED.get(code, ()))
    return not (code and digits.startswith(reserved)) and not digits[1:].startswith(
        tuple(digits[1:at] + _FICTION for at in (1, 2, 3))
    )


_SSN_NAMES = frozenset(words("ssn ssns itin social taxpayer tin"))
_SSN = re.compile(r"(?<![\w\-])(?!000|666|9)\d{3}[ \-]?(?!00)\d{2}[ \-]?(?!0000)\d{4}(?![\w\-])")


def _ssns(text: str, names: Names) -> Iterator[str]:
    return (match[0] for match in _SSN.finditer(text)) if names & _SSN_NAMES else iter(())


_SECRET = re.compile(
    r"""
      -----BEGIN\ (?:[A-Z0-9]+\ )*PRIVATE\ KEY-----[^-]{16,}
    | (?<![A-Za-z0-9])(?:
        (?:sk|rk)_live_[A-Za-z0-9]{10,}                     # Stripe
      | gh[pousr]_[A-Za-z0-9]{30,} | github_pat_\w{30,}     # GitHub
      | glpat-[\w\-]{20,}                                   # GitLab
      | xox[abeoprs]-[A-Za-z0-9\-]{10,}                     # Slack
      | (?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])            # AWS
      | AIza[\w\-]{35}                                      # Google
      | SG\.[\w\-]{16,}\.[\w\-]{16,}                        # SendGrid
      | shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}                  # Shopify
      | npm_[A-Za-z0-9]{36} | pypi-[\w\-]{40,}              # package registries
    )
    """,
    re.VERBOSE,
)


def _secrets(text: str, names: Names) -> Iterator[str]:
    return (match[0] for match in _SECRET.finditer(text)) if len(text) >= 16 else iter(())


def _always(found: str) -> bool:
    return True


FORMS: tuple[Form, ...] = (
    Form("payment card numbers", "card", _cards, _is_live_card, chance=0.1),
    Form("IBANs", "iban", _ibans, _is_iban),
    Form("e-mail addresses", "email", _emails, _is_live_email),
    Form("phone numbers", "phone", _phones, _is_live_phone),
    Form("social security numbers", "national_id", _ssns, _always),
    Form("secrets", "token", _secrets, _always),
)


def identifiers_in(text: str, names: Names) -> Iterator[tuple[str, str]]:
    """(value, surrogate class) of what identifies inside a text by its form alone."""
    for form in FORMS:
        yield from ((value, form.surrogate) for value in form.find(text, names) if form.holds(value))
