"""Several processes of this machine that share one run: started together, watched, and joined at the end.

A worker that ends without leaving its files is lost: the others are stopped, and the run is inconclusive.
"""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from smartsandbox.packs.errors import InconclusiveError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import RealClock
from smartsandbox.replay_engine.drive.both import Both
from smartsandbox.replay_engine.drive.disagreement import joined
from smartsandbox.replay_engine.drive.driver import Driven
from smartsandbox.replay_engine.drive.merge import merge_files
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.pool import require_ready
from smartsandbox.replay_engine.drive.share import Share
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.drive.watch import Watch, no_watch
from smartsandbox.replay_engine.drive.worker import READY, STOP, Files, Order, work
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.rows import Rows

_LEAD = 1.2
"""Seconds from when the last worker is ready to the common start: time to open connections."""
_READY_SECONDS = 5.0
_LOOK = 0.2


def drive_workers(pack: Pack, target: Target, options: DriveOptions, count: int, watch: Watch = no_watch) -> Driven:
    """Drive a pack by `count` processes and join what they found. SIGINT and SIGTERM end the run early.

    Raises NotReadyError, and InconclusiveError if no worker left anything.
    """
    with _carried_out(pack, (target,), options, count, watch) as (found, stopped):
        driven = merge_files(pack, Rows.load(pack), [files.one for files in found])
        return _as_asked(driven, target, options, stopped=stopped)


def drive_workers_at_both(
    pack: Pack, targets: tuple[Target, Target], options: DriveOptions, count: int, watch: Watch = no_watch
) -> Both:
    """The same at two targets. Each worker compares the answers to its own share."""
    with _carried_out(pack, targets, options, count, watch) as (found, stopped):
        rows = Rows.load(pack)
        one, other = (
            _as_asked(merge_files(pack, rows, files), target, options, stopped=stopped)
            for target, files in zip(
                targets, ([files.one for files in found], [files.other for files in found]), strict=True
            )
        )
        return Both(one, other, joined(files.disagreement for files in found))


def _as_asked(driven: Driven, target: Target, options: DriveOptions, *, stopped: bool) -> Driven:
    return replace(driven, target=target, options=options, interrupted=driven.interrupted or stopped)


@contextmanager
def _carried_out(
    pack: Pack, targets: Sequence[Target], options: DriveOptions, count: int, watch: Watch
) -> Iterator[tuple[list[Files], bool]]:
    """The files of the workers that have left them, and whether the run was stopped."""
    for target in targets:
        run(require_ready(target, _READY_SECONDS))
    parted = replace(options, max_in_flight=-(-options.max_in_flight // count))
    sent = [replace(target, tls=None) for target in targets]
    with tempfile.TemporaryDirectory(prefix="smartsandbox-drive-") as folder:
        files = [Files.within(Path(folder), index) for index in range(count)]
        orders = [
            Order(pack.folder, sent[0], replace(parted, share=Share(index, count)), file, *sent[1:])
            for index, file in enumerate(files)
        ]
        with _stopping() as stopped:
            reasons = _Workers(orders).carry_out(watch, stopped)
            found = [file for file in files if file.one.exists()]
            if not found:
                raise InconclusiveError(
                    f"all {count} workers were lost: {reasons[0] if reasons else 'they left nothing'}"
                )
            yield found, stopped()


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
                    self._tell(STOP)
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
        if said == READY:
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
