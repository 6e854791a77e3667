"""Options that say when two requests are the same, and what is answered where none is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from smartsandbox.packs.errors import ObjectiveBreached
from smartsandbox.packs.matching.rules_file import require_endpoints
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.pack import Pack

F = TypeVar("F", bound=Callable[..., Any])


def matching_option(command: F) -> F:
    """`--matching FILE`: rules that say which fields decide."""
    return click.option(
        "--matching",
        "matching_file",
        type=click.Path(path_type=Path),
        help="YAML file of matching rules: which fields decide, which headers, which parameters never do.",
    )(command)


def unmatched_option(command: F) -> F:
    """`--unmatched POLICY`."""
    return click.option(
        "--unmatched",
        type=click.Choice(["explain", "404", "synthesise", "fail"]),
        default="explain",
        show_default=True,
        help="What is answered when no exchange matches: 404 with the reason, the service's own 404, an answer made "
        "from a recorded one, or 501, with exit code 99 in the end.",
    )(command)


def fitting(pack: Pack, matching: Matching | None, file: Path | None) -> Pack:
    """The pack, if it has every endpoint that the rules from a file name. Raises UsageError."""
    if matching is not None and file is not None:
        names = pack.table("exchanges", ["endpoint"])["endpoint"].unique().to_pylist()
        require_endpoints(matching, names, file)
    return pack


def require_matched(missed: int) -> None:
    """Raises ObjectiveBreached where `--unmatched fail` counted any request."""
    if missed:
        raise ObjectiveBreached(f"{missed} request(s) found no exchange in the pack; --unmatched fail allows none")
