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
    description="A day's captures of a service (HAR, mitmproxy flows, cassettes) as one trace. Confidential.",
)
def raw_trace(
    context: dg.AssetExecutionContext,
    capture_folder: CaptureFolder,
    work_folder: WorkFolder,
    track: dg.ResourceParam[Track],
) -> dg.MaterializeResult[None]:
    """Raises Failure if nothing could be read; what fell out of the other files is in the ledger and listed."""
    from smartsandbox.packs.capture.imports import CAPTURES, import_captures
    from smartsandbox.packs.capture.report import Report
    from smartsandbox.packs.trace import RAW, TRACE_SCHEMA, write_trace

    with explained():
        key = capture_key(context)
        folder = capture_folder.folder(key)
        if not folder.is_dir():
            raise UsageError(f"no capture at {folder}: put {CAPTURES} there")
        report = Report()
        exchanges, ledger = import_captures([folder], key.service, track, report)
        trace = write_trace(work_folder.raw(key), exchanges, RAW, ledger)
    curve, bucket = arrivals(trace_times(trace))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": trace.count,
            "dagster/uri": str(trace.path),
            "dagster/column_schema": column_schema(TRACE_SCHEMA),
            "digest": trace.digest,
            "ledger": ledger_table(trace.ledger),
            "fell_out": markdown_table(["what fell out, and why"], [[line] for line in report.listing()]),
            "traffic": plot("Recorded traffic", [curve], f"{bucket} from the first exchange", "exchanges"),
        },
        data_version=dg.DataVersion(trace.digest),
    )
