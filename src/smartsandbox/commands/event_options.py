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
    """`--events`, `--callback` and `--callback-allow`."""
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


def events_in(file: Path | None, callback: str | None, allow: tuple[str, ...]) -> Events | None:
    """What a file declares, None for no file. Raises UsageError, RefusedError."""
    if file is None:
        if callback or allow:
            raise UsageError("--callback says where events go: say with --events FILE which answers announce them")
        return None
    from smartsandbox.replay_engine.serve.events.callbacks import Callbacks
    from smartsandbox.replay_engine.serve.events.declared import read_events
    from smartsandbox.replay_engine.serve.events.queue import Events

    return Events(read_events(file, os.environ), Callbacks(callback, allow))
