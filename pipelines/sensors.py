"""The sensor for new captures: it starts a run when a recorder has completed a folder, once for each content."""

import json
from pathlib import Path

import dagster as dg

from smartsandbox.packs.capture.folders import COMPLETE
from smartsandbox.pipelines.captures import Capture, Found, due, find_captures, remembered
from smartsandbox.pipelines.jobs import capture_to_packs
from smartsandbox.pipelines.partitions import services
from smartsandbox.pipelines.resources import CaptureFolder

MOST_PER_TICK = 10


@dg.sensor(
    job=capture_to_packs,
    minimum_interval_seconds=60,
    description="Starts a run for each capture with a `_SUCCESS` marker that is new or was completed again.",
)
def new_captures(context: dg.SensorEvaluationContext, capture_folder: CaptureFolder) -> dg.SensorResult:
    """At most MOST_PER_TICK runs a tick; the rest wait for the next. The cursor maps "service/day" to its marker."""
    found = find_captures(Path(capture_folder.root))
    for problem in found.problems:
        context.log.warning(problem)
    seen = json.loads(context.cursor) if context.cursor else {}
    taken = due(found.captures, seen, MOST_PER_TICK)
    cursor = json.dumps(remembered(found.captures, seen, taken), sort_keys=True)
    if not taken:
        return dg.SensorResult(skip_reason=nothing_new(found), cursor=cursor)
    new_services = sorted({capture.key.service for capture in taken})
    return dg.SensorResult(
        run_requests=[run_request(capture) for capture in taken],
        dynamic_partitions_requests=[services.build_add_request(new_services)],
        cursor=cursor,
    )


def nothing_new(found: Found) -> str:
    """Why a tick starts nothing, as its page shows it: also what waits, and the first folder with a bad name."""
    reasons = [f"complete captures: {len(found.captures)}, none new"]
    if found.waiting:
        reasons.append(f"folders without {COMPLETE}: {found.waiting}")
    if found.problems:
        reasons.append(f"folders with a bad name: {len(found.problems)}, first {found.problems[0]}")
    return "; ".join(reasons)


def run_request(capture: Capture) -> dg.RunRequest:
    """The run of one capture; the run key is its content, so a marker touched without a change starts nothing."""
    return dg.RunRequest(
        run_key=capture.run_key, partition_key=capture.key.partition_key, tags={"service": capture.key.service}
    )
