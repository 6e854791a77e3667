"""The anonymised trace and its certificate: the only thing that leaves the confidential part of the graph."""

import dagster as dg

from smartsandbox.anonymize.keys import KeyProvider
from smartsandbox.packs.progress import Track
from smartsandbox.pipelines.curves import arrivals, trace_times
from smartsandbox.pipelines.endpoint_table import COLUMNS, endpoint_rows
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.metadata import column_schema, markdown_table, plot, same_columns
from smartsandbox.pipelines.partitions import capture_key, captures
from smartsandbox.pipelines.resources import WorkFolder


@dg.asset(
    partitions_def=captures,
    deps=["raw_trace", "policy"],
    group_name="privacy",
    owners=["team:privacy"],
    kinds={"python", "parquet", "duckdb"},
    tags={"pii": "anonymised"},
    code_version="1",
    pool="anonymise",
    description="The trace with every leaf rewritten as the policy says, checked for k-anonymity and leaks, certified.",
)
def anonymised_trace(
    context: dg.AssetExecutionContext,
    work_folder: WorkFolder,
    keys: dg.ResourceParam[KeyProvider],
    track: dg.ResourceParam[Track],
) -> dg.MaterializeResult[None]:
    """Raises Failure, with nothing written, if a leaf has no decision or a privacy check does not pass."""
    from smartsandbox.anonymize.apply import anonymize_trace
    from smartsandbox.anonymize.policy_file import read_policy
    from smartsandbox.packs.claims import outcome_words
    from smartsandbox.packs.trace import TRACE_SCHEMA, Trace

    with explained():
        key = capture_key(context)
        raw = Trace.open(work_folder.raw(key))
        policy = read_policy(work_folder.policy(key))
        safe = anonymize_trace(raw, policy, keys.key(), work_folder.anonymised(key), track)
    certificate = safe.certificate
    curve, bucket = arrivals(trace_times(safe.trace))
    verdicts = [(item.check, item.criterion, outcome_words(item), item.summary) for item in certificate.verdicts]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": safe.trace.count,
            "dagster/uri": str(safe.trace.path),
            "dagster/column_schema": column_schema(TRACE_SCHEMA),
            "dagster/column_lineage": same_columns(TRACE_SCHEMA, "raw_trace"),
            "digest": safe.trace.digest,
            "certificate": markdown_table(["check", "speaks to", "verdict", "what was found"], verdicts),
            "certificate_digest": certificate.digest,
            "anonymised": certificate.anonymised,
            "endpoints": markdown_table(COLUMNS, endpoint_rows(safe.trace.path)),
            "traffic": plot("Anonymised traffic", [curve], f"{bucket} from the first exchange", "exchanges"),
        },
        data_version=dg.DataVersion(safe.trace.digest),
    )
