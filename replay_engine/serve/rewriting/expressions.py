"""Expressions in the Common Expression Language: compiled once, and bounded in what they can cost.

The language has values and no objects of Python, no loops but over lists it was given, and no way to the outside. What
still could cost time or memory is bounded here (ADR 11).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from smartsandbox.packs.errors import UsageError

NAMES = frozenset({"request", "recorded", "session", "seq", "now"})
"""What an expression of a template can name."""

MAX_LENGTH = 300
MAX_PLUSES = 8
MAX_MACROS = 2
MAX_VALUES = 100
"""Values in all that an expression is given, such as those of a request's body."""
MAX_CHARACTERS = 8192
"""Characters in all of these, and of a result."""

_MACRO = re.compile(r"\.(?:map|filter|all|exists|exists_one)\(\s*(\w*)")
_HEADER = re.compile(r"""request\.headers(?:\.(\w+)|\[["']([^"']+)["']\])""")
_STRING = re.compile(r"""b?r?"(?:[^"\\]|\\.)*"|b?r?'(?:[^'\\]|\\.)*'""")


class ExpressionError(Exception):
    """An expression has no value for a request."""


class Expression:
    """One compiled expression. Raises UsageError if it cannot be used at all."""

    def __init__(self, text: str, names: Collection[str] = NAMES) -> None:
        self._program = _compiled(text, names)
        self.headers = frozenset((plain or quoted).lower().encode() for plain, quoted in _HEADER.findall(text))
        """The request headers that it names, in lower case."""

    def value(self, names: Mapping[str, Any]) -> Any:
        """Its value as JSON has it. Raises ExpressionError where it has none, or one that is too large."""
        import cel

        try:
            found = self._program.execute(cel.Context(dict(names), dict(_FUNCTIONS)))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # the library's own panics are no Exceptions
            raise ExpressionError(type(error).__name__) from None
        value = _plain(found)
        if not affordable(value):
            raise ExpressionError("too large")
        return value


def _compiled(text: str, names: Collection[str]) -> Any:
    try:
        import cel
    except ImportError:
        raise UsageError("templates and events need the expression library: install smartsandbox[templates]") from None
    bare = _STRING.sub('""', text)
    if len(text) > MAX_LENGTH or bare.count("+") > MAX_PLUSES or not _flat(bare):
        raise UsageError(
            f"an expression has at most {MAX_LENGTH} characters, {MAX_PLUSES} times +, and {MAX_MACROS} of map, "
            f"filter, all and exists, not within each other: {text[:60]!r}"
        )
    try:
        program = cel.compile(text)
        unknown = set(program.variables()) - {*names} - set(_MACRO.findall(bare)) - {"timestamp", "duration"}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:
        raise UsageError(f"not an expression: {text[:60]!r}") from None
    if unknown:
        raise UsageError(f"{text[:60]!r} names {', '.join(sorted(unknown))}; known are {', '.join(sorted(names))}")
    return program


def _flat(text: str) -> bool:
    """Few macros, and none in the parentheses of another."""
    starts = [match.end() for match in _MACRO.finditer(text)]
    for start in starts:
        depth, at = 1, start
        while at < len(text) and depth:
            depth += (text[at] == "(") - (text[at] == ")")
            at += 1
        if any(start < other < at for other in starts):
            return False
    return len(starts) <= MAX_MACROS


def affordable(value: Any) -> bool:
    """True for a value within the bounds on what an expression is given."""
    characters = 0
    queue = [value]
    for values, node in enumerate(queue, 1):
        if isinstance(node, str):
            characters += len(node)
        elif isinstance(node, dict):
            characters += sum(len(name) for name in node)
            queue.extend(node.values())
        elif isinstance(node, list):
            queue.extend(node)
        if values > MAX_VALUES or characters > MAX_CHARACTERS:
            return False
    return True


def _plain(value: Any) -> Any:
    """A result as JSON. Raises ExpressionError for what JSON does not have."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        return {name: _plain(item) for name, item in value.items()}
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ExpressionError("no JSON value")


def _total(values: list[Any]) -> Any:
    if not all(isinstance(value, int | float) for value in values):
        raise ValueError("sum")
    return sum(values)


def _rounded(value: float, digits: int = 0) -> float:
    return round(value, digits) if digits else round(value)


_FUNCTIONS: dict[str, Callable[..., Any]] = {"sum": _total, "round": _rounded, "lower": str.lower, "upper": str.upper}
"""Functions beside those of the language."""
