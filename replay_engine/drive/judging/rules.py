"""Rules for places of answers that are known to differ from run to run: what still has to hold there.

A place is as in links: a JSON Pointer with "*" for indexes ("" is the whole body), `header:NAME`, `cookie:NAME`, or
`status`. A rule never keeps a value from being bound into later requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

EVERYWHERE = "*"
"""Stands for every endpoint."""
_LONGEST = 65536


class Keep(StrEnum):
    """What a rule still compares."""

    IGNORE = "ignore"
    """Nothing; the place may be missing."""
    TYPE = "type"
    """The JSON type."""
    WITHIN = "within"
    """A number within a share of the other one."""
    UNORDERED = "unordered"
    """The elements of a list, in any order."""
    REGEX = "regex"
    """The form of a text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`endpoint` may be "*". `tolerance` is a share of 1, `pattern` a regular expression for the whole text.
    `cause`, `seen` and `of` (answers in which it differed, of how many compared) are for the reader."""

    endpoint: str
    at: str
    keep: Keep
    tolerance: float = 0.0
    pattern: str = ""
    cause: str = ""
    seen: int = 0
    of: int = 0

    def holds(self, one: Any, other: Any) -> bool:
        """True if two values at the place are alike under this rule."""
        if self.keep is Keep.WITHIN:
            return (
                is_number(one) and is_number(other) and abs(one - other) <= self.tolerance * max(abs(one), abs(other))
            )
        if self.keep is Keep.REGEX:
            text = str(other)[:_LONGEST]
            return json_type(one) == json_type(other) and re.fullmatch(self.pattern, text, re.DOTALL) is not None
        return self.keep is Keep.IGNORE or json_type(one) == json_type(other)


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules to look up; one for an endpoint goes before one for all of them."""

    given: tuple[Rule, ...] = ()
    _by_place: dict[tuple[str, str], Rule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_place", {(rule.endpoint, rule.at): rule for rule in self.given})

    def at(self, endpoint: str, place: str) -> Rule | None:
        """The rule for a place of an endpoint's answers."""
        found = self._by_place.get((endpoint, place))
        return self._by_place.get((EVERYWHERE, place)) if found is None else found

    @staticmethod
    def of(rules: Iterable[Rule]) -> Rules:
        """From any order of rules."""
        return Rules(tuple(sorted(rules, key=lambda rule: (rule.endpoint, rule.at))))


def is_number(value: Any) -> bool:
    """True for a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def json_type(value: Any) -> str:
    """The name of a value's JSON type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if is_number(value):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
