"""`--templates FILE`, which publishing and serving share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartsandbox.commands.options import F
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.templates import Rule, read_rules

if TYPE_CHECKING:
    from smartsandbox.replay_engine.serve.rewriting.template_rules import Template


def templates_option(command: F) -> F:
    """Places that are answered from the request."""
    return click.option(
        "--templates",
        "templates_file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="YAML file of places that are answered from the request.",
    )(command)


def compiled_in(file: Path | None) -> tuple[Template, ...]:
    """The templates of a file, none for no file. Raises UsageError."""
    from smartsandbox.replay_engine.serve.rewriting.template_rules import compiled

    return compiled(read_rules(file), f"templates {file}") if file is not None else ()


def rules_in(file: Path | None) -> list[Rule]:
    """The same as rules for a pack, once their expressions have been tried. Raises UsageError."""
    if any(template.place.message is not None for template in compiled_in(file)):
        raise UsageError("rules for messages cannot go into a pack: give them to `serve --templates`")
    return read_rules(file) if file is not None else []
