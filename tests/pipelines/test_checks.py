"""The gates inside a run: what a blocking check stops, and what publishing refuses across runs.

The anonymised trace comes from a stand-in asset, so that a test can plant what the real one never writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from smartsandbox.anonymize.keys import OsKeys
from smartsandbox.packs.certificate import CERTIFICATE_FILE, write_certified
from smartsandbox.packs.progress import silent
from smartsandbox.packs.store import Store
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace, hand_made_verdicts
from smartsandbox.packs.trace import Trace
from smartsandbox.pipelines.assets.anonymised_trace import anonymised_trace
from smartsandbox.pipelines.assets.policy import policy
from smartsandbox.pipelines.assets.published import PUBLISHED
from smartsandbox.pipelines.assets.raw_trace import raw_trace
from smartsandbox.pipelines.assets.replay_packs import REPLAY_PACKS
from smartsandbox.pipelines.checks import CHECKS
from smartsandbox.pipelines.partitions import CaptureKey, captures
from smartsandbox.pipelines.resources import CaptureFolder, PackStore, PolicyFolder, WorkFolder
from smartsandbox.pipelines.run import failures_of
from smartsandbox.pipelines.source_values import SourceValues
from smartsandbox.pipelines.testing import deliver, email

KEY = CaptureKey("payments", "2026-01-06")
PACK = REPLAY_PACKS[0]
PUBLISHED_PACK = PUBLISHED[0]
ITEMS = [an_exchange(f"e{n}", a_request(target=f"/v1/items/{n}"), a_response(json={"n": n}), at_us=n) for n in range(9)]
PACK_CHECKS = {"pack_verifies", "self_replay"}


def stand_in(tmp_path: Path, anonymised: bool) -> dg.AssetsDefinition:
    """An `anonymised_trace` that certifies ITEMS, by a key that was destroyed or by a test key."""

    @dg.asset(name="anonymised_trace", partitions_def=captures)
    def made() -> None:
        folder = WorkFolder(root=str(tmp_path / "work")).anonymised(KEY)
        safe = certified_trace(folder, ITEMS)
        write_certified(folder, replace(safe.certificate, anonymised=anonymised, verdicts=hand_made_verdicts()))

    return made


def checks_named(asset: str, names: set[str]) -> list[dg.AssetChecksDefinition]:
    wanted = [spec.key for check in CHECKS for spec in check.check_specs]
    keys = {key for key in wanted if key.asset_key == dg.AssetKey(asset) and key.name in names}
    return [check for check in CHECKS if {spec.key for spec in check.check_specs} & keys]


Run = Callable[..., dg.ExecuteInProcessResult]


@pytest.fixture
def run(tmp_path: Path, instance: dg.DagsterInstance) -> Run:
    def execute(
        *assets: dg.AssetsDefinition | dg.AssetChecksDefinition, require_review: bool = False
    ) -> dg.ExecuteInProcessResult:
        instance.add_dynamic_partitions("service", [KEY.service])
        return dg.materialize(
            list(assets),
            instance=instance,
            partition_key=str(KEY.partition_key),
            raise_on_error=False,
            resources={
                "work_folder": WorkFolder(root=str(tmp_path / "work")),
                "pack_store": PackStore(url=str(tmp_path / "store")),
                "policy_folder": PolicyFolder(root=str(tmp_path / "policies"), require_review=require_review),
                "capture_folder": CaptureFolder(root=str(tmp_path / "captures")),
                "keys": OsKeys(),
                "source_values": SourceValues(),
                "track": silent,
            },
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )

    return execute


def made_by(result: dg.ExecuteInProcessResult) -> set[str]:
    events = result.get_asset_materialization_events()
    return {event.step_key for event in events if event.step_key}


def published(tmp_path: Path) -> list[str]:
    return [item.ref for item in Store(str(tmp_path / "store")).list("packs")]


def test_a_trace_that_can_be_made_again_stops_every_pack(tmp_path: Path, run: Run) -> None:
    gate = checks_named("anonymised_trace", {"privacy_gate"})
    result = run(stand_in(tmp_path, anonymised=False), *gate, *REPLAY_PACKS, *PUBLISHED[:4])
    assert not result.success
    assert made_by(result) == {"anonymised_trace"}
    assert published(tmp_path) == []


def test_a_check_records_its_partition_and_its_findings(tmp_path: Path, run: Run) -> None:
    result = run(stand_in(tmp_path, anonymised=False), *checks_named("anonymised_trace", {"privacy_gate"}))
    (evaluation,) = result.get_asset_check_evaluations()
    assert evaluation.partition == "2026-01-06|payments"
    assert evaluation.metadata["findings"].value == 1
    assert evaluation.severity is dg.AssetCheckSeverity.ERROR


def test_publishing_refuses_a_pack_whose_checks_were_never_run(tmp_path: Path, run: Run) -> None:
    result = run(stand_in(tmp_path, anonymised=True), PACK, PUBLISHED_PACK)
    failure = result.failure_data_for_node("published_pack_full")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "was not run on this content" in (failure.user_failure_data.description or "")
    assert published(tmp_path) == []


def test_the_library_refuses_an_uncertified_trace_even_without_its_check(tmp_path: Path, run: Run) -> None:
    @dg.asset(name="anonymised_trace", partitions_def=captures)
    def uncertified() -> None:
        folder = WorkFolder(root=str(tmp_path / "work")).anonymised(KEY)
        certified_trace(folder, ITEMS)
        (folder / CERTIFICATE_FILE).unlink()

    result = run(uncertified, PACK)
    failure = result.failure_data_for_node("pack_full")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "only certified content is taken" in (failure.user_failure_data.description or "")


def test_a_capture_without_errors_has_no_high_error_pack_and_that_is_no_failure(tmp_path: Path, run: Run) -> None:
    result = run(stand_in(tmp_path, anonymised=True), *REPLAY_PACKS)
    assert result.success
    assert made_by(result) == {"anonymised_trace", "pack_full", "pack_peak", "pack_off_peak"}


def drafting(tmp_path: Path) -> dg.AssetsDefinition:
    @dg.asset(name="policy", partitions_def=captures)
    def draft() -> None:
        WorkFolder(root=str(tmp_path / "work")).policy(KEY).write_text("# a draft\n")

    return draft


def test_a_draft_policy_warns_and_goes_on(tmp_path: Path, run: Run) -> None:
    result = run(drafting(tmp_path), *checks_named("policy", {"policy_is_reviewed"}))
    (evaluation,) = result.get_asset_check_evaluations()
    assert result.success
    assert not evaluation.passed
    assert evaluation.severity is dg.AssetCheckSeverity.WARN


def test_a_draft_policy_stops_where_review_is_required(tmp_path: Path, run: Run) -> None:
    @dg.asset(name="anonymised_trace", partitions_def=captures, deps=["policy"])
    def never() -> None:
        raise AssertionError

    check = checks_named("policy", {"policy_is_reviewed"})
    result = run(drafting(tmp_path), never, *check, require_review=True)
    assert not result.success
    assert made_by(result) == {"policy"}


def test_a_reviewed_policy_in_use_passes_and_one_that_moved_on_does_not(tmp_path: Path, run: Run) -> None:
    (tmp_path / "policies").mkdir()
    reviewed = tmp_path / "policies/payments.yaml"
    check = checks_named("policy", {"policy_is_reviewed"})
    reviewed.write_text("# a draft\n")
    assert [found.passed for found in run(drafting(tmp_path), *check).get_asset_check_evaluations()] == [True]
    reviewed.write_text("# changed since\n")
    assert [found.passed for found in run(drafting(tmp_path), *check).get_asset_check_evaluations()] == [False]


@pytest.mark.slow
def test_a_planted_raw_value_stops_its_pack_from_being_published(tmp_path: Path, run: Run) -> None:
    """The stand-in certifies the raw exchanges unchanged: a certificate that lies must not be enough."""
    work = WorkFolder(root=str(tmp_path / "work"))
    deliver(tmp_path / "captures", KEY)

    @dg.asset(name="anonymised_trace", partitions_def=captures, deps=["policy"])
    def careless() -> None:
        exchanges = [replace(one, source="") for one in Trace.open(work.raw(KEY)).exchanges()]
        safe = certified_trace(work.anonymised(KEY), exchanges)
        lying = replace(safe.certificate, anonymised=True, verdicts=hand_made_verdicts())
        write_certified(safe.trace.path, lying)

    checks = checks_named("pack_full", {"no_raw_value", *PACK_CHECKS})
    result = run(raw_trace, policy, careless, PACK, PUBLISHED_PACK, *checks)
    failed = {found.check_name for found in result.get_asset_check_evaluations() if not found.passed}
    assert failed == {"no_raw_value"}
    assert published(tmp_path) == []
    lines = str(dict(failures_of(result)))
    assert "pack_full:no_raw_value" in lines
    assert email(0) not in lines


@pytest.mark.slow
def test_a_pack_that_passed_its_checks_is_published_once_and_again_without_a_change(tmp_path: Path, run: Run) -> None:
    """The same certified trace gives the same pack, so publishing it twice leaves one version."""
    deliver(tmp_path / "captures", KEY)
    steps = (raw_trace, policy, anonymised_trace, PACK, PUBLISHED_PACK)
    checks = checks_named("pack_full", {"no_raw_value", *PACK_CHECKS})
    assert run(*steps, *checks).success
    assert run(PACK, PUBLISHED_PACK, *checks).success
    assert len(published(tmp_path)) == 1
