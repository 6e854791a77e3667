from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import dagster as dg
import orjson

from smartsandbox.packs.store import PACKS
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.pipelines.assets.catalogue import catalogue
from smartsandbox.pipelines.definitions import defs
from smartsandbox.pipelines.resources import PackStore, WorkFolder


def run(tmp_path: Path) -> dg.MaterializeResult[None]:
    work = WorkFolder(root=str(tmp_path / "work"))
    result = catalogue(work_folder=work, pack_store=PackStore(url=str(tmp_path / "store")))
    assert isinstance(result, dg.MaterializeResult)
    return result


def test_the_catalogue_lists_what_the_store_holds(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [an_exchange("e1", a_request(), a_response())])
    PackStore(url=str(tmp_path / "store")).put(PACKS, pack.folder, pack.manifest.name, pack.manifest.version)
    run(tmp_path)
    (row,) = orjson.loads((tmp_path / "work/catalogue.json").read_bytes())
    assert row["ref"] == f"sample@{pack.manifest.version}"
    assert row["exchanges"] == 1
    assert row["digest"] == pack.manifest.digest


def test_an_empty_store_is_an_empty_catalogue(tmp_path: Path) -> None:
    assert (run(tmp_path).metadata or {})["dagster/row_count"] == 0


def test_a_damaged_item_is_listed_without_a_digest(tmp_path: Path) -> None:
    item = tmp_path / "store/packs/broken/1"
    item.mkdir(parents=True)
    (item / "manifest.json").write_text("{")
    run(tmp_path)
    (row,) = orjson.loads((tmp_path / "work/catalogue.json").read_bytes())
    assert (row["ref"], row["digest"]) == ("broken@1", "")


def test_a_catalogue_older_than_a_week_is_stale() -> None:
    (spec,) = list(catalogue.specs)
    assert spec.freshness_policy == dg.FreshnessPolicy.time_window(timedelta(days=7), timedelta(days=2))


def test_a_publication_of_any_partition_asks_for_the_catalogue(instance: dg.DagsterInstance) -> None:
    instance.add_dynamic_partitions("service", ["payments"])
    before = dg.evaluate_automation_conditions(defs, instance, asset_selection=dg.AssetSelection.all())
    assert before.get_num_requested(dg.AssetKey("catalogue")) == 0
    event = dg.AssetMaterialization("published_pack_full", partition="2026-01-06|payments")
    instance.report_runless_asset_event(event)
    after = dg.evaluate_automation_conditions(
        defs, instance, asset_selection=dg.AssetSelection.all(), cursor=before.cursor
    )
    assert after.get_num_requested(dg.AssetKey("catalogue")) == 1
