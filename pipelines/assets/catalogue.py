"""The catalogue: what the store holds, written down after every publication. It covers all days and services."""

from datetime import timedelta
from typing import Any

import dagster as dg

from smartsandbox.packs.store import FIXTURES, PACKS
from smartsandbox.pipelines.assets.published import PUBLISHED
from smartsandbox.pipelines.failures import explained
from smartsandbox.pipelines.metadata import markdown_table
from smartsandbox.pipelines.resources import PackStore, WorkFolder


@dg.asset(
    deps=PUBLISHED,
    group_name="catalogue",
    owners=["team:sandbox"],
    kinds={"python", "json"},
    tags={"pii": "anonymised"},
    code_version="1",
    # Most days and services are never captured, so "any dependency is missing" must not hold it back.
    automation_condition=dg.AutomationCondition.eager().without(~dg.AutomationCondition.any_deps_missing()),
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(days=7), warn_window=timedelta(days=2)),
    description="Every pack and fixture set in the store, with its service, template, size and digest.",
)
def catalogue(work_folder: WorkFolder, pack_store: PackStore) -> dg.MaterializeResult[None]:
    """Writes `catalogue.json`; damaged items are listed as they are found, with an empty digest."""
    from smartsandbox.packs.canonical import digest_json, pretty_json

    with explained():
        items = [item for kind in (PACKS, FIXTURES) for item in pack_store.items(kind)]
    rows = [{"kind": item.kind, "ref": item.ref, "url": item.url, **_facts(item.manifest)} for item in items]
    path = work_folder.catalogue()
    path.with_suffix(".part").write_bytes(pretty_json(rows))
    path.with_suffix(".part").replace(path)
    columns = ("kind", "ref", "service", "template", "exchanges", "digest")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(rows),
            "dagster/uri": str(path),
            "digest": digest_json(rows),
            "items": markdown_table(columns, [[row[name] for name in columns] for row in rows]),
        }
    )


def _facts(manifest: dict[str, Any]) -> dict[str, object]:
    """The few fields a reader looks for; fixture sets have no template, damaged items have nothing."""
    return {
        "service": manifest.get("service", ""),
        "template": manifest.get("template", ""),
        "exchanges": manifest.get("counts", {}).get("exchanges", ""),
        "digest": manifest.get("digest", ""),
    }
