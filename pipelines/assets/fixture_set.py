"""The fixture set: synthetic entities from models of the anonymised ones, ready to be checked."""

from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from smartsandbox.packs.progress import Track
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.metadata import markdown_table
from smartsandbox.pipelines.partitions import capture_key, captures
from smartsandbox.pipelines.resources import WorkFolder

if TYPE_CHECKING:
    from smartsandbox.fixtures.manifest import FixtureManifest

SEED = 0


@dg.asset(
    partitions_def=captures,
    deps=["anonymised_trace", "entity_tables"],
    group_name="synthetic",
    owners=["team:data-platform"],
    kinds={"python", "sdv", "parquet"},
    tags={"pii": "synthetic"},
    code_version="1",
    pool="fit",
    description="Canonical and synthetic entities with stable ids, from SDV models of the anonymised tables.",
)
def fixture_set(
    context: dg.AssetExecutionContext, work_folder: WorkFolder, track: dg.ResourceParam[Track]
) -> dg.MaterializeResult[None]:
    """Fits table by table and issues the rows; models are not kept. The same trace and seed give the same bytes."""
    from smartsandbox.fixtures.fixture_set import FixtureDraft, publish_fixtures
    from smartsandbox.packs.certificate import SafeTrace

    with explained():
        key = capture_key(context)
        safe = SafeTrace.open(work_folder.anonymised(key))
        folder = work_folder.fixtures(key)
        manifest = publish_fixtures(safe, FixtureDraft(key.service, seed=SEED), folder, track)
    return dg.MaterializeResult(
        metadata=fixture_metadata(manifest, folder), data_version=dg.DataVersion(manifest.digest)
    )


def fixture_metadata(manifest: "FixtureManifest", folder: Path) -> dict[str, dg.MetadataValue | str | int | bool]:
    """What the UI shows of a set: its tables and who made them, distances to the anonymised columns, and findings."""
    tables = [(item.name, item.rows, len(item.columns), item.made_by) for item in manifest.tables]
    columns = ("table", "column", "metric", "distance", "control")
    distances = [[item[name] for name in columns] for item in manifest.quality["distances"]]
    return {
        "dagster/row_count": sum(item.rows for item in manifest.tables),
        "dagster/uri": str(folder),
        "digest": manifest.digest,
        "ref": f"{manifest.name}@{manifest.version}",
        "anonymised": manifest.anonymised,
        "tables": markdown_table(["table", "rows", "columns", "made by"], tables),
        "distances": markdown_table(columns, distances),
        "findings": markdown_table(["finding"], [[line] for line in manifest.findings]),
        "licence": manifest.licence,
    }
