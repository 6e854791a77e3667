"""One schedule driven at two targets at once, and in what the second one's answers differ from the first one's."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable
from dataclasses import dataclass, replace

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import RealClock
from smartsandbox.replay_engine.drive.disagreement import Disagreement
from smartsandbox.replay_engine.drive.driver import READY_SECONDS, Driven, Gate
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.pairing import Pairing
from smartsandbox.replay_engine.drive.pool import require_ready
from smartsandbox.replay_engine.drive.run import Run
from smartsandbox.replay_engine.drive.sandbox.prepare import prepare
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.drive.watch import Watch, no_watch
from smartsandbox.replay_engine.loop import raise_descriptor_limit, run, steady_memory
from smartsandbox.replay_engine.priority import realtime
from smartsandbox.replay_engine.rows import Rows


@dataclass(frozen=True, slots=True)
class Both:
    """Two finished runs over one schedule."""

    one: Driven
    other: Driven
    disagreement: Disagreement


async def drive_both(
    pack: Pack,
    targets: tuple[Target, Target],
    options: DriveOptions,
    watch: Watch = no_watch,
    *,
    signals: bool = False,
    gate: Gate | None = None,
) -> Both:
    """Drive a pack at two targets. Raises NotReadyError if one of them takes no connection at the start.

    With `signals`, SIGINT and SIGTERM end both runs early, after the requests on their way. For `gate` see `drive`.
    """
    raise_descriptor_limit()
    for target in targets:
        await require_ready(target, READY_SECONDS)
    rows, clock, found = Rows.load(pack), RealClock(), Disagreement()
    pairing = Pairing(rows, options.rules.noise, found.took)
    pairing.origins = {targets[0].url.rstrip("/"): targets[1].url.rstrip("/")}
    with steady_memory():
        apart = (options, replace(options, run=f"{options.run}-b"))
        works = [
            Run(pack, rows, target, chosen, clock, side)
            for target, chosen, side in zip(targets, apart, pairing.sides, strict=True)
        ]
        pairing.issued = works[0].dialogue.issued
        for number in (signal.SIGINT, signal.SIGTERM) if signals else ():
            asyncio.get_running_loop().add_signal_handler(number, _stop, works)
        try:
            for work, chosen, target in zip(works, apart, targets, strict=True):
                await prepare(work.dialogue, chosen, target, clock)
            start = None if gate is None else await gate.start(clock, lambda: _stop(works))
            with realtime(options.realtime):
                await asyncio.gather(works[0].carry_out(watch, start), works[1].carry_out(no_watch, start))
        finally:
            clock.close()
    one, other = (
        Driven(pack, rows, target, options, work.outcomes, work.interrupted)
        for target, work in zip(targets, works, strict=True)
    )
    return Both(one, other, found)


def _stop(works: Iterable[Run]) -> None:
    for work in works:
        work.stop()


def drive_pack_at_both(
    pack: Pack, targets: tuple[Target, Target], options: DriveOptions, watch: Watch = no_watch
) -> Both:
    """The same on an event loop of its own, stopped early by SIGINT and SIGTERM."""
    return run(drive_both(pack, targets, options, watch, signals=True))
