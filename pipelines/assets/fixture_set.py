"""The fixture set: synthetic entities from models of the anonymised ones, ready to be checked."""

import dagster as dg

from smartsandbox.packs.progress import Track
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.partitions import capture_key, captures
from smartsandbox.pipelines.resources import WorkFolder

SEED = 0


@dg.asset(
    partitions_def=captures,
    deps=["anonymised_trace", "entity_tables"],
    group_name="synthetic",
    owners=["team:data-platform"],
    kinds={"python", "parquet"},
    tags={"pii": "synthetic"},
    code_version="1",
    pool="fit",
    description="Canonical and synthetic entities with stable ids, from SDV models of the anonymised tables.",
)
def fixture_set(
    context: dg.AssetExecutionContext, work_folder: WorkFolder, track: dg.ResourceParam[Track]
) -> dg.MaterializeResult[None]:
    """The same trace and seed give the same digest and bytes."""
    from smartsandbox.fixtures.fixture_set import FixtureDraft, publish_fixtures

    from smartsandbox.packs.certificate import SafeTrace

    with explained():
        key = capture_key(context)
        safe = SafeTrace.open(work_folder.anonymised(key))
        folder = work_folder.fixtures(key)
        manifest = publish_fixtures(safe, FixtureDraft(key.service, seed=SEED), folder, track)
    return dg.MaterializeResult(metadata={"digest": manifest.digest})
