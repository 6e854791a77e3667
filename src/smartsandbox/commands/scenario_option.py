"""`--scenarios FILE`, which publishing and serving share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def scenarios_option(command: F) -> F:
    """Scenarios that testers can ask for by name."""
    return click.option(
        "--scenarios",
        "scenarios_file",
        type=click.Path(path_type=Path),
        help="YAML file of scenarios: answers by name, state and values of the request.",
    )(command)


def scenarios_in(file: Path | None) -> dict[str, Any]:
    """The scenarios of a file, none for no file. Raises UsageError."""
    from smartsandbox.packs.scenarios.yaml_file import read_scenarios

    return read_scenarios(file) if file is not None else {}
