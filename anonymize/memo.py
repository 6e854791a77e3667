"""A bounded memory of answers that can be worked out again."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST = 20_000
"""Entries."""
LONGEST = 2048
"""Characters; a longer text is not remembered."""


class Memo(dict[K, V]):
    """A dictionary that is emptied when it is full: cheaper than to forget the oldest, and as good for what repeats."""

    __slots__ = ()

    def keep(self, key: K, value: V) -> V:
        """Remember an answer and give it back."""
        if len(self) >= MOST:
            self.clear()
        self[key] = value
        return value
