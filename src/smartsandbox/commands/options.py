"""Options that several commands share, so that they are spelled and explained once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_STORE = "./store"


def store_option(command: F) -> F:
    """`--store URL`: where packs and fixture sets are published."""
    return click.option(
        "--store",
        "store_url",
        default=DEFAULT_STORE,
        envvar="SMARTSANDBOX_STORE",
        show_default=True,
        show_envvar=True,
        help="Folder or URL (s3://bucket/prefix, ...) of the pack store.",
    )(command)


def trace_argument(command: F) -> F:
    """The folder of a trace."""
    return click.argument("trace", type=click.Path(path_type=Path))(command)


def show_progress(items: Iterable[T], label: str, total: int | None = None) -> Iterable[T]:
    """A Track with a bar on standard error where that is a terminal, and one line a step where it is not."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"{label} ...", highlight=False)
        return items
    return track(items, description=label, total=total, console=console, transient=True)
