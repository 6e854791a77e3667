"""Driving a pack: from a checked target to outcomes, on the running loop or, for the command line, on its own one."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import Clock, RealClock
from smartsandbox.replay_engine.drive.dialogue import Listener
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Outcomes
from smartsandbox.replay_engine.drive.pool import require_ready
from smartsandbox.replay_engine.drive.run import Run
from smartsandbox.replay_engine.drive.sandbox.prepare import prepare
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.drive.watch import Watch, no_watch
from smartsandbox.replay_engine.loop import raise_descriptor_limit, run, steady_memory
from smartsandbox.replay_engine.priority import realtime
from smartsandbox.replay_engine.rows import Rows

READY_SECONDS = 5.0
"""How long a target may take to accept the first connection."""


@dataclass(frozen=True, slots=True)
class Driven:
    """A finished run: what was driven, how, and what became of every request."""

    pack: Pack
    rows: Rows
    target: Target
    options: DriveOptions
    outcomes: Outcomes
    interrupted: bool
    """True if it was stopped by a signal before its end."""
    lost: tuple[int, ...] = ()
    """Workers of whose requests nothing is known."""
    workers: int = 1
    unevenness: float = 1.0
    """How many times larger the largest worker's share was for sessions that are tied to each other."""


class Gate(Protocol):
    """What holds a run back until it is to start."""

    async def start(self, clock: Clock, stop: Callable[[], None]) -> float:
        """The instant on the clock to start at; called when all is loaded. `stop` may be called from then on."""
        ...


async def drive(
    pack: Pack,
    target: Target,
    options: DriveOptions,
    watch: Watch = no_watch,
    *,
    signals: bool = False,
    listener: Listener | None = None,
    gate: Gate | None = None,
) -> Driven:
    """Drive a pack at a target. Raises NotReadyError if the target takes no connection at the start.

    With `signals`, SIGINT and SIGTERM end the run early, after the requests on their way. A listener is told of every
    answer. With a `gate` it starts when that says; without one, at once.
    """
    raise_descriptor_limit()
    await require_ready(target, READY_SECONDS)
    clock = RealClock()
    rows = Rows.load(pack)
    with steady_memory():
        work = Run(pack, rows, target, options, clock, listener)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM) if signals else ():
            loop.add_signal_handler(number, work.stop)
        try:
            await prepare(work.dialogue, options, target, clock)
            start = None if gate is None else await gate.start(clock, work.stop)
            with realtime(options.realtime):
                await work.carry_out(watch, start)
        finally:
            clock.close()
    return Driven(pack, rows, target, options, work.outcomes, work.interrupted)


def drive_pack(
    pack: Pack, target: Target, options: DriveOptions, watch: Watch = no_watch, gate: Gate | None = None
) -> Driven:
    """The same on an event loop of its own, stopped early by SIGINT and SIGTERM."""
    return run(drive(pack, target, options, watch, signals=True, gate=gate))
