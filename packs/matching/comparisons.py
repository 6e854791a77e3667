"""How a field that decides is compared. Each comparison maps a typed value to what must be equal, so that a look-up
stays one probe of an index."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from smartsandbox.packs.matching_rules import VALUE

Compare = Callable[[str], str]


def _as_is(value: str) -> str:
    return value


def _kind(value: str) -> str:
    return value[:1]


def _present(_: str) -> str:
    return "present"


def _caseless(value: str) -> str:
    return value.casefold()


def _whole(value: str) -> str:
    """Numbers, also those in strings, rounded to a whole one."""
    try:
        return str(Decimal(value[2:]).to_integral_value(ROUND_HALF_EVEN).normalize())
    except InvalidOperation:
        return value


def _day(value: str) -> str:
    """The date of a time in ISO 8601."""
    return value[:12]


COMPARISONS: dict[str, Compare] = {
    VALUE: _as_is,
    "type": _kind,
    "present": _present,
    "caseless": _caseless,
    "whole": _whole,
    "day": _day,
}
"""Name in a rule to its function over a typed value (see `fields.Field`)."""
