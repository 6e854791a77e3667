"""Several processes of this machine that share one run: started together, watched, and joined at the end.

Each worker loads the pack, says that it is ready, waits for the common start, drives its share and leaves an outcome
file. A worker that ends without one is lost: the others are stopped, and the run is inconclusive.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from smartsandbox.packs.errors import InconclusiveError, SandboxError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import Clock, RealClock
from smartsandbox.replay_engine.drive.driver import Driven, drive
from smartsandbox.replay_engine.drive.merge import merge_files
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes_file import write_outcomes
from smartsandbox.replay_engine.drive.pool import require_ready
from smartsandbox.replay_engine.drive.run import Watch, no_watch
from smartsandbox.replay_engine.drive.share import Share
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.rows import Rows

_READY, _STOP = "ready", "stop"
_LEAD = 1.2
"""Seconds from when the last worker is ready to the common start: time to open connections."""
_READY_SECONDS = 5.0
_LOOK = 0.2


def drive_workers(pack: Pack, target: Target, options: DriveOptions, count: int, watch: Watch = no_watch) -> Driven:
    """Drive a pack by `count` processes and join what they found. SIGINT and SIGTERM end the run early.

    Raises NotReadyError, and InconclusiveError if no worker left anything.
    """
    run(require_ready(target, _READY_SECONDS))
    with tempfile.TemporaryDirectory(prefix="smartsandbox-drive-") as folder:
        files = [Path(folder) / f"{index}.parquet" for index in range(count)]
        parted = replace(options, max_in_flight=-(-options.max_in_flight // count))
        orders = [
            Order(pack.folder, replace(target, tls=None), replace(parted, share=Share(index, count)), file)
            for index, file in enumerate(files)
        ]
        with _stopping() as stopped:
            reasons = _Workers(orders).carry_out(watch, stopped)
        found = [file for file in files if file.exists()]
        if not found:
            raise InconclusiveError(f"all {count} workers were lost: {reasons[0] if reasons else 'they left nothing'}")
        driven = merge_files(pack, Rows.load(pack), found)
    return replace(driven, target=target, options=options, interrupted=driven.interrupted or stopped())


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Whether SIGINT or SIGTERM came."""
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda got, _: came.append(got)) for number in numbers]
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True)
class Order:
    """What one worker is to do, and where it leaves what it found."""

    pack: Path
    target: Target
    options: DriveOptions
    file: Path


class _Workers:
    def __init__(self, orders: Sequence[Order]) -> None:
        context = get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes: list[SpawnProcess] = []
        for order in orders:
            ours, theirs = context.Pipe()
            process = context.Process(target=work, args=(order, theirs), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        self._open = dict(zip(self._pipes, range(len(orders)), strict=True))
        self._ended = [0] * len(orders)
        self._ready: set[int] = set()
        self._reasons: list[str] = []

    def carry_out(self, watch: Watch, stopped: Callable[[], bool]) -> list[str]:
        """Until every worker has ended. What workers said of why they could not go on."""
        stopping = False
        try:
            while self._open:
                for pipe in wait(list(self._open), _LOOK):
                    self._hear(pipe)
                watch(sum(self._ended))
                if not stopping and (stopped() or self._lost()):
                    stopping = True
                    self._tell(_STOP)
        finally:
            for process in self._processes:
                process.join(_READY_SECONDS)
                if process.is_alive():
                    process.kill()
                    process.join()
        return self._reasons

    def _lost(self) -> bool:
        return any(process.exitcode not in (None, 0) for process in self._processes)

    def _hear(self, pipe: Any) -> None:
        at = self._open[pipe]
        try:
            said = pipe.recv()
        except (EOFError, OSError):
            del self._open[pipe]
            self._processes[at].join()
            return
        if said == _READY:
            self._ready.add(at)
            if len(self._ready) == len(self._pipes):
                self._tell(RealClock.now() + _LEAD)
        elif isinstance(said, int):
            self._ended[at] = said
        else:
            self._reasons.append(said)

    def _tell(self, what: object) -> None:
        for pipe in self._open:
            try:
                pipe.send(what)
            except OSError:
                continue  # it has just ended


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
                said = _STOP
                loop.remove_reader(self._pipe.fileno())
            if said != _STOP and not begins.done():
                begins.set_result(said)
                return
            stop()
            if not begins.done():
                begins.set_result(clock.now())

        loop.add_reader(self._pipe.fileno(), hear)
        self._pipe.send(_READY)
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
        pack = Pack.open(order.pack)
        driven = run(drive(pack, order.target.trusting(), order.options, parent.watch, gate=parent))
        write_outcomes(driven, order.file)
    except (SandboxError, OSError) as error:
        pipe.send(str(error))
        raise SystemExit(1) from error
