"""The options of `serve` about sessions."""

from __future__ import annotations

import click

from smartsandbox.commands.options import F


def session_options(command: F) -> F:
    """`--session-by`, `--advance` and `--history`."""
    command = click.option(
        "--history",
        type=click.IntRange(0, 100_000),
        default=100,
        show_default=True,
        help="Steps that a session can be reset to.",
    )(command)
    command = click.option(
        "--advance",
        type=click.Choice(["ask", "write"]),
        default="ask",
        show_default=True,
        help="When a read moves on to its next recorded answer: at each ask, or once a write between them was made.",
    )(command)
    return click.option(
        "--session-by",
        type=click.Choice(["auto", "header", "credential", "connection"]),
        default="auto",
        show_default=True,
        help="What tells sessions apart; auto is the header X-Sandbox-Session, else the credential.",
    )(command)
