"""Whoever watches a run go on."""

from __future__ import annotations

from collections.abc import Callable

Watch = Callable[[int], None]
"""Told about ten times a second how many requests have ended."""


def no_watch(ended: int) -> None:
    """The Watch that looks away."""
