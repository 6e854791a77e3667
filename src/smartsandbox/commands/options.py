"""Options that several commands share, so that they are spelled and explained once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
