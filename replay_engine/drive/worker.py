"""One of several processes that share a run: it loads the pack, says that it is ready, waits for the common start,
drives its share and leaves what it found as files."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from smartsandbox.packs.errors import SandboxError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import Clock
from smartsandbox.replay_engine.drive.both import drive_both
from smartsandbox.replay_engine.drive.driver import drive
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes_file import write_outcomes
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.loop import run

READY, STOP = "ready", "stop"
"""What a worker says, and what it is told; it also says how far it has come, and is told when to start."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where a worker leaves what it found; a run at one target leaves `one` only."""

    one: Path
    other: Path
    disagreement: Path

    @staticmethod
    def within(folder: Path, index: int) -> Files:
        """Those of one worker."""
        return Files(folder / f"{index}.parquet", folder / f"{index}-b.parquet", folder / f"{index}.json")


@dataclass(frozen=True, slots=True)
class Order:
    """What one worker is to do, and where it leaves what it found. `against` is the second of two targets."""

    pack: Path
    target: Target
    options: DriveOptions
    files: Files
    against: Target | None = None


class _Parent:
    """The gate of a worker: its parent says when to start and when to stop, and its end is a stop too."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    async def start(self, clock: Clock, stop: Callable[[], None]) -> float:
        """See driver.Gate."""
        loop = asyncio.get_running_loop()
        begins: asyncio.Future[float] = loop.create_future()

        def hear() -> None:
            try:
                said = self._pipe.recv()
            except (EOFError, OSError):
                said = STOP
                loop.remove_reader(self._pipe.fileno())
            if said != STOP and not begins.done():
                begins.set_result(said)
                return
            stop()
            if not begins.done():
                begins.set_result(clock.now())

        loop.add_reader(self._pipe.fileno(), hear)
        self._pipe.send(READY)
        return await begins

    def watch(self, ended: int) -> None:
        """Tell how far it has come; a parent that is gone is noticed elsewhere."""
        try:
            self._pipe.send(ended)
        except OSError:
            return


def work(order: Order, pipe: Connection) -> None:
    """One worker's process. Ends with exit code 1 where it could not do its work, and says why in one line."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they may come to a whole group; the parent tells
    parent = _Parent(pipe)
    try:
        _carry_out(order, Pack.open(order.pack), parent)
    except (SandboxError, OSError) as error:
        pipe.send(str(error))
        raise SystemExit(1) from error


def _carry_out(order: Order, pack: Pack, parent: _Parent) -> None:
    """The file of the first target comes last: where it is, all are."""
    target, files = order.target.trusting(), order.files
    if order.against is None:
        write_outcomes(run(drive(pack, target, order.options, parent.watch, gate=parent)), files.one)
        return
    both = run(drive_both(pack, (target, order.against.trusting()), order.options, parent.watch, gate=parent))
    write_outcomes(both.other, files.other)
    files.disagreement.write_text(json.dumps(both.disagreement.to_json()))
    write_outcomes(both.one, files.one)
