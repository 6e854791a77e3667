"""The entity tables: accounts, cards, payments and so on, as the anonymised answers showed them last."""

import shutil

import dagster as dg

from smartsandbox.packs.progress import Track
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.metadata import ledger_table, markdown_table
from smartsandbox.pipelines.partitions import capture_key, captures
from smartsandbox.pipelines.resources import WorkFolder


@dg.asset(
    partitions_def=captures,
    deps=["anonymised_trace"],
    group_name="synthetic",
    owners=["team:data-platform"],
    kinds={"python", "parquet"},
    tags={"pii": "anonymised"},
    code_version="1",
    description="One table for each kind of thing that the anonymised answers speak of, and the keys between them.",
)
def entity_tables(
    context: dg.AssetExecutionContext, work_folder: WorkFolder, track: dg.ResourceParam[Track]
) -> dg.MaterializeResult[None]:
    """One Parquet file a table; a capture without JSON answers has none, which is no error."""
    from smartsandbox.fixtures.columns import arrow_table
    from smartsandbox.fixtures.entities import extract_entities
    from smartsandbox.packs.canonical import digest_file, digest_json
    from smartsandbox.packs.certificate import SafeTrace
    from smartsandbox.packs.parquet import write_table

    with explained():
        key = capture_key(context)
        safe = SafeTrace.open(work_folder.anonymised(key))
        found = extract_entities(safe.trace.exchanges(), track=track)
        folder = work_folder.entities(key)
        aside = folder.with_name(folder.name + ".part")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for table in found.tables:
            write_table(arrow_table(table.columns, list(table.rows)), aside / f"{table.name}.parquet")
        shutil.rmtree(folder, ignore_errors=True)
        aside.replace(folder)
    keys = [(item.table, item.column, item.parent, item.overlap) for item in found.keys]
    tables = [(table.name, len(table.rows), len(table.columns), table.key) for table in found.tables]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(rows for _, rows, _, _ in tables),
            "dagster/uri": str(folder),
            "digest": digest_json([[path.name, digest_file(path)] for path in sorted(folder.iterdir())]),
            "tables": markdown_table(["table", "rows", "columns", "key"], tables),
            "keys": markdown_table(["table", "column", "parent", "shared ids"], keys),
            "ledger": ledger_table(found.ledger.to_json()),
        }
    )
