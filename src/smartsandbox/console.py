"""What the command line and the demo write on: a console for tables, and progress for long work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console

T = TypeVar("T")

WIDTH_OF_FILES = 160
"""Where the output is not a terminal, a table is this wide rather than the 80 columns that nobody has."""


def wide_console() -> Console:
    """As wide as the terminal, or WIDTH_OF_FILES; lines of text are never broken."""
    console = Console(highlight=False)
    return Console(highlight=False, soft_wrap=True, width=None if console.is_terminal else WIDTH_OF_FILES)


def show_progress(items: Iterable[T], label: str, total: int | None = None) -> Iterable[T]:
    """A Track with a bar on standard error where that is a terminal, and one line a step where it is not."""
    from rich.progress import track

    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"{label} ...", highlight=False)
        return items
    return track(items, description=label, total=total, console=console, transient=True)
