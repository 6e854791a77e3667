"""Syntactic types first: what a value evidently is by its form or check digits, before its name is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from smartsandbox.anonymize.checksums import is_card, is_iban
from smartsandbox.anonymize.retime import is_time
from smartsandbox.anonymize.surrogates.accounts import EMAIL
from smartsandbox.anonymize.surrogates.hosts import is_address

_UUID = re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")
_URL = re.compile(r"[a-z][a-z0-9+.\-]{1,15}://\S+|//[\w.-]+/\S*|mailto:\S+|urn:\S+", re.IGNORECASE)
_PATH = re.compile(r"/[\w.\-~%]+(?:/[\w.\-~%{}:@]*)+(?:\?\S*)?|/[\w.\-~%]+\?\S+")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9\-_]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?::\d{2,5})?", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-fA-F]{16,}")
_PREFIXED = re.compile(r"[A-Za-z]{1,12}_(?=\w*\d|\w*[a-z]\w*[A-Z]|\w*[A-Z]\w*[a-z])[A-Za-z0-9_]{6,}")
_OPAQUE = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])[A-Za-z0-9_\-+/=.~:!|]{10,}")
_DIGITS = re.compile(r"\d{5,}")
_DECIMAL = re.compile(r"-?\d{1,15}(?:\.\d+)?")
_PHONE = re.compile(r"\+\d[\d\s().\-]{6,20}|\(\d{3}\)\s?\d{3}[\s.\-]\d{4}|\d{3}[.\-]\d{3}[.\-]\d{4}")
_FILE = re.compile(
    r"[\w\-. ]{1,80}\.(?:pdf|png|jpe?g|gif|csv|txt|xml|json|docx?|xlsx?|zip|html?|js|css|svg)", re.IGNORECASE
)
_WHOLE_EMAIL = re.compile(EMAIL.pattern + r"|[^<>@]{1,120}<" + EMAIL.pattern + ">")


def _is_email(value: str) -> bool:
    return "@" in value and len(value) < 320 and _WHOLE_EMAIL.fullmatch(value.strip()) is not None


def _is_grouped_card(value: str) -> bool:
    return not value.isdigit() and is_card(value.replace(" ", "").replace("-", ""))


SHAPES: tuple[tuple[str, Callable[[str], object]], ...] = (
    # the shape's name, and what tells it; the first that nearly all values have is taken
    ("uuid", _UUID.fullmatch),
    ("email", _is_email),
    ("iban", is_iban),
    ("card", _is_grouped_card),
    ("url", _URL.fullmatch),
    ("time", is_time),
    ("phone", _PHONE.fullmatch),
    ("ip", lambda value: len(value) < 46 and is_address(value)),
    ("path", _PATH.fullmatch),
    ("file", _FILE.fullmatch),
    ("host", _HOST.fullmatch),
    ("decimal", _DECIMAL.fullmatch),
    ("hex", _HEX.fullmatch),
    ("prefixed", _PREFIXED.fullmatch),
    ("opaque", _OPAQUE.fullmatch),
    ("digits", _DIGITS.fullmatch),
)

_NEARLY_ALL = 0.85
_SAMPLE = 60


def shape_of(values: Iterable[str]) -> str | None:
    """The first shape that at least 85 % of the values have, judged on the first 60."""
    sample = [value for value, _ in zip(values, range(_SAMPLE), strict=False)]
    if not sample:
        return None
    for name, test in SHAPES:
        if sum(1 for value in sample if test(value)) >= _NEARLY_ALL * len(sample):
            return name
    return None


def holds_email(values: Iterable[str]) -> bool:
    """True if any of the values is an address; one is enough for a leaf to be treated as holding them."""
    return any(_is_email(value) for value, _ in zip(values, range(400), strict=False))


def holds_card(values: Iterable[str]) -> bool:
    """True if nearly all values are digits with a valid Luhn digit in an issuer range; chance gives one in ten."""
    sample = [value for value, _ in zip(values, range(_SAMPLE), strict=False)]
    return bool(sample) and sum(map(is_card, sample)) >= _NEARLY_ALL * len(sample)
