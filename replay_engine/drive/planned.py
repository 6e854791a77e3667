"""What one process drives: its share of the schedule, and which of its answers give values to which of its requests."""

from __future__ import annotations

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.drive.correlation.uses import Uses, uses
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.pacing import Schedule, schedule
from smartsandbox.replay_engine.rows import Rows


def whole(pack: Pack, rows: Rows, options: DriveOptions) -> tuple[Schedule, Uses]:
    """Of all workers together."""
    plan = schedule(rows.offset_us, options.pacing)
    return plan, uses(pack, rows, plan) if options.bind else Uses()


def planned(pack: Pack, rows: Rows, options: DriveOptions) -> tuple[Schedule, Uses]:
    """Of the options' share."""
    plan, used = whole(pack, rows, options)
    if options.share.count == 1:
        return plan, used
    mine = options.share.of(rows, plan, used)
    return plan.part(mine), used.part(mine)
