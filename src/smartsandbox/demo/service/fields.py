"""Reading fields out of a request body or query, with the error answer that an integrator can act on."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from smartsandbox.demo.service.errors import invalid, missing

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}")
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def text(body: Mapping[str, Any], name: str, longest: int = 500) -> str:
    """A string that must be there and not be empty."""
    value = body.get(name)
    if value is None:
        raise missing(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise invalid(name, f"{name} must be a string of 1 to {longest} characters")
    return value


def part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object that must be there."""
    value = body.get(name)
    if value is None:
        raise missing(name)
    if not isinstance(value, dict):
        raise invalid(name, f"{name} must be an object")
    return value


def whole(body: Mapping[str, Any], name: str, low: int, high: int) -> int:
    """A whole number in a range; a decimal string is read too, as forms and queries have no numbers."""
    value = body.get(name)
    if value is None:
        raise missing(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise invalid(name, f"{name} must be a whole number from {low} to {high}")
    return value


def choice(body: Mapping[str, Any], name: str, allowed: Collection[str]) -> str:
    """One of a few words."""
    value = text(body, name)
    if value not in allowed:
        raise invalid(name, f"{name} must be one of {', '.join(sorted(allowed))}, not '{value}'")
    return value


def email(body: Mapping[str, Any], name: str = "email") -> str:
    """An e-mail address."""
    return _matching(body, name, _EMAIL, "an e-mail address")


def phone(body: Mapping[str, Any], name: str = "phone") -> str:
    """A phone number in E.164."""
    return _matching(body, name, _PHONE, "a phone number in E.164 such as +44 followed by digits")


def birth_date(body: Mapping[str, Any], name: str = "birth_date") -> str:
    """A calendar date, YYYY-MM-DD."""
    return _matching(body, name, _DATE, "a date as YYYY-MM-DD")


def _matching(body: Mapping[str, Any], name: str, pattern: re.Pattern[str], what: str) -> str:
    value = text(body, name)
    if not pattern.fullmatch(value):
        raise invalid(name, f"{name} must be {what}: '{value}' is not")
    return value
