"""The options of `serve` about sessions and their clocks."""

from __future__ import annotations

import click

from smartsandbox.commands.options import F


def session_options(command: F) -> F:
    """`--session-by`, `--advance`, `--history`, `--clock`, `--clock-unit`, `--expiry` and `--unknown-message`."""
    command = click.option(
        "--unknown-message",
        type=click.Choice(["advance", "ignore", "close"]),
        default="advance",
        show_default=True,
        help="What a client's message on a WebSocket does that is like none that was recorded: count as the next one,"
        " nothing, or end the connection.",
    )(command)
    command = click.option(
        "--expiry",
        type=click.Choice(["show", "enforce"]),
        default="show",
        show_default=True,
        help="Whether a token that is past by its session's clock only says so, or is answered by 401.",
    )(command)
    command = click.option(
        "--clock-unit",
        type=click.Choice(["week", "day"]),
        default="week",
        show_default=True,
        help="What dates of things move by on a virtual clock; weeks keep the weekday.",
    )(command)
    command = click.option(
        "--clock", default="", help="Virtual clock of every session, such as shift=+3d, freeze=2026-01-01 or rate=10."
    )(command)
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
