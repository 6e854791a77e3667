"""`smartsandbox record`: put a recording proxy in front of a service until interrupted."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import click

from smartsandbox.packs.errors import InconclusiveError


@click.command("record")
@click.option("--upstream", required=True, help="The service to record, such as http://127.0.0.1:8000.")
@click.option("--port", required=True, type=click.IntRange(1, 65535), help="The loopback port clients use instead.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The flow file to write, FILE.mitm.")
def record_command(upstream: str, port: int, out: Path) -> None:
    """Record everything that passes through a loopback port to the service, until Ctrl-C."""
    from smartsandbox.packs.capture.recorder import Recorder

    with interruption() as ended, Recorder(upstream, port, out) as recorder:
        click.echo(f"recording {upstream} at {recorder.url} into {out}; Ctrl-C ends it", err=True)
        while not ended.wait(0.5):
            if not recorder.alive():
                raise InconclusiveError(f"the recorder ended by itself: {out} holds what it had written until then")
    click.echo(f"wrote {out}; next: smartsandbox import {out} --out TRACE")


@contextmanager
def interruption() -> Iterator[Event]:
    """An event that SIGINT and SIGTERM set, so that the flow file is completed instead of cut off."""
    ended = Event()
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
