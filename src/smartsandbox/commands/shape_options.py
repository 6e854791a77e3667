"""Options of `serve` for the shape of its answers: how long they take, how often they fail, and faults on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def shape_options(command: F) -> F:
    """`--latency`, `--errors`, `--chaos` and the seed of their draws."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--latency",
        default="recorded",
        show_default=True,
        help="recorded, fitted (drawn), loaded (drawn, growing with requests in flight), none, or a factor: x0.5.",
    ),
    click.option(
        "--errors",
        default="matched",
        show_default=True,
        help="matched (where the matching exchange is one), recorded (rate and runs of each endpoint), none, or x2.",
    ),
    click.option(
        "--chaos",
        default="",
        help="Faults for every request, such as latency=300ms,5xx=2%,reset=1%; the guide has the language.",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Seed of every draw."),
)
