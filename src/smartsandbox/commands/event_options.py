"""The options of `serve` about events: what answers announce, and where it may be sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartsandbox.commands.options import F
from smartsandbox.packs.errors import UsageError

if TYPE_CHECKING:
    from smartsandbox.replay_engine.serve.events.queue import Events


def event_options(command: F) -> F:
    """`--events`, `--callback`, `--callback-allow` and `--events-state`."""
    command = click.option(
        "--events-state",
        "events_state",
        type=click.Path(path_type=Path, dir_okay=False),
        help="File that events are kept in until they are sent, over a restart too.",
    )(command)
    command = click.option(
        "--callback-allow",
        "callback_allow",
        multiple=True,
        help="Origin, such as https://hooks.test:8443, that events may be sent to beside this machine; may repeat.",
    )(command)
    command = click.option("--callback", help="URL that events are sent to, for sessions that set none.")(command)
    return click.option(
        "--events",
        "events_file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="YAML file of calls that answers announce, such as webhooks.",
    )(command)


def events_in(
    file: Path | None, callback: str | None, allow: tuple[str, ...], state: Path | None = None
) -> Events | None:
    """What a file declares, None for no file. Raises UsageError, RefusedError."""
    if file is None:
        if callback or allow or state:
            given = "--events-state says where events are kept" if state else "--callback says where events go"
            raise UsageError(f"{given}: say with --events FILE which answers announce them")
        return None
    from smartsandbox.replay_engine.serve.events.callbacks import Callbacks
    from smartsandbox.replay_engine.serve.events.declared import read_events
    from smartsandbox.replay_engine.serve.events.queue import Events
    from smartsandbox.replay_engine.serve.events.state import EventState

    kept = EventState(state) if state is not None else None
    return Events(read_events(file, os.environ), Callbacks(callback, allow), kept)
