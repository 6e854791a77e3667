"""Patterns of skeletons: most JSON texts of one place have one of few, whose own pattern cuts such a text at once.

A text that a pattern takes is JSON, for the text that the skeleton was taken from was, and only scalars differ.
"""

from __future__ import annotations

import re
from typing import Generic, TypeVar

Between = tuple[str, ...]
"""What stands before each scalar, and after the last."""
T = TypeVar("T")

_SCALAR = (
    r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"'
    r"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null|\[\s*\]|{\s*}"
)
_MOST_PATTERNS = 4
_WORTH_IT = 32
"""Texts of one skeleton, among as many skeletons at most, for which a pattern is made of it."""


class Patterns(Generic[T]):
    """Those of one place, each with what is known of its skeleton."""

    def __init__(self) -> None:
        self._known: list[tuple[re.Pattern[str], Between, T]] = []
        self._met: dict[Between, int] = {}

    def __len__(self) -> int:
        return len(self._known)

    def cut(self, text: str) -> tuple[Between, list[str], T] | None:
        """What stands between the scalars, the scalars and an empty one, and what is known; None without a pattern."""
        for pattern, between, known in self._known:
            match = pattern.fullmatch(text)
            if match is not None:
                return between, [*match.groups(), ""], known
        return None

    def meet(self, between: Between) -> bool:
        """A text had this skeleton, and none of the patterns. True if it is worth one now."""
        if len(self._known) >= _MOST_PATTERNS:
            return False
        if len(self._met) >= _WORTH_IT:
            self._met.clear()
        self._met[between] = self._met.get(between, 0) + 1
        return self._met[between] == _WORTH_IT

    def add(self, between: Between, known: T) -> None:
        """Make the pattern of a skeleton."""
        self._known.append((_pattern_of(between), between, known))
        self._met.clear()


def _pattern_of(between: Between) -> re.Pattern[str]:
    """Of all texts that are cut into the same parts; an empty object or array is a scalar too."""
    return re.compile(f"({_SCALAR})".join(map(re.escape, between)))
