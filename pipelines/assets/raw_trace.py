"""The raw trace: one day's captures of one service, read into the trace format. Confidential, never published."""

import dagster as dg

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.progress import Track
from smartsandbox.pipelines.curves import arrivals, trace_times
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.metadata import column_schema, ledger_table, markdown_table, plot
from smartsandbox.pipelines.partitions import capture_key, captures
from smartsandbox.pipelines.resources import CaptureFolder, WorkFolder


@dg.asset(
    partitions_def=captures,
    group_name="capture",
    owners=["team:data-platform"],
    kinds={"python", "parquet"},
    tags={"pii": "raw"},
    code_version="1",
    description="A day's captures of a service (HAR, mitmproxy flows, cassettes) as one trace in Parquet. Confidential.",
)
def raw_trace(
    context: dg.AssetExecutionContext,
    capture_folder: CaptureFolder,
    work_folder: WorkFolder,
    track: dg.ResourceParam[Track],
) -> dg.MaterializeResult[None]:
    """Raises Failure if the folder is empty or no file of it can be read; a file that cannot be read is in the ledger."""
    from smartsandbox.packs.capture.imports import import_captures
    from smartsandbox.packs.trace import RAW, TRACE_SCHEMA, write_trace

    with explained():
        key = capture_key(context)
        files = capture_folder.files(key)
        if not files:
            raise UsageError(f"no capture in {capture_folder.folder(key)}: put HAR, flow or cassette files there")
        exchanges, ledger = import_captures(files, key.service, track)
        trace = write_trace(work_folder.raw(key), exchanges, RAW, ledger)
    curve, bucket = arrivals(trace_times(trace))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": trace.count,
            "dagster/uri": str(trace.path),
            "dagster/column_schema": column_schema(TRACE_SCHEMA),
            "digest": trace.digest,
            "ledger": ledger_table(trace.ledger),
            "unreadable": markdown_table(["file", "reason"], trace.ledger["unreadable_files"].items()),
            "traffic": plot("Recorded traffic", [curve], f"{bucket}s from the first exchange", "exchanges"),
        },
        data_version=dg.DataVersion(trace.digest),
    )
