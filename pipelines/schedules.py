"""The daily schedules: captures, for a deployment that takes them at a fixed hour instead of by the sensor (turn on one
of both), and retention.
"""

from datetime import timedelta
from pathlib import Path

import dagster as dg

from smartsandbox.pipelines.captures import find_captures
from smartsandbox.pipelines.jobs import capture_to_packs
from smartsandbox.pipelines.resources import CaptureFolder
from smartsandbox.pipelines.retention import KEEP_RAW, apply_retention, is_wanted
from smartsandbox.pipelines.sensors import run_request


@dg.schedule(
    job=capture_to_packs,
    cron_schedule="30 2 * * *",
    execution_timezone="UTC",
    description="At 02:30 UTC, starts a run for every complete capture of the day before.",
)
def daily_captures(
    context: dg.ScheduleEvaluationContext, capture_folder: CaptureFolder
) -> list[dg.RunRequest] | dg.SkipReason:
    """Registers services it meets for the first time. Days earlier than yesterday are left to a backfill."""
    yesterday = (context.scheduled_execution_time - timedelta(days=1)).strftime("%Y-%m-%d")
    found = find_captures(Path(capture_folder.root))
    taken = [capture for capture in found.captures if capture.key.day == yesterday]
    if not taken:
        return dg.SkipReason(f"no complete capture of {yesterday} in {capture_folder.root}")
    context.instance.add_dynamic_partitions("service", sorted({capture.key.service for capture in taken}))
    return [run_request(capture) for capture in taken]


@dg.schedule(
    job=apply_retention,
    cron_schedule="30 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING if is_wanted() else dg.DefaultScheduleStatus.STOPPED,
    description=f"At 03:30 UTC, removes what is past its limit. On where {KEEP_RAW} is set.",
)
def retention(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Asks again at each tick, so that turning it on by hand without a limit removes nothing."""
    if not is_wanted():
        return dg.SkipReason(f"{KEEP_RAW} is not set: raw captures have no limit")
    return dg.RunRequest(run_key=context.scheduled_execution_time.strftime("retention/%Y-%m-%d"))
