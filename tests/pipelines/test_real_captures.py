"""Captures that nobody here wrote, through the whole graph. They are not part of the repository."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from smartsandbox.anonymize.policy_file import write_policy
from smartsandbox.anonymize.suggest import suggest_policy
from smartsandbox.packs.capture.folders import COMPLETE
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.trace import RAW, write_trace
from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.run import materialize_all


def review(capture: Path, service: str, root: Path) -> None:
    """The policy that a reviewer of a test suite's recording puts there: the draft, with a statement."""
    exchanges, ledger = import_captures([capture], service)
    drafted = suggest_policy(write_trace(root / "looked-at", exchanges, RAW, ledger))
    (root / "policies").mkdir()
    stated = replace(drafted, test_accounts="accounts of a test suite, recorded with test keys")
    (root / "policies" / f"{service}.yaml").write_text(write_policy(stated))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "folder"),
    [("directory", "har/polly-graph-jumpcloud"), ("proxy", "mitm"), ("billing", "cassettes/pay-rails")],
)
def test_a_recorded_service_reaches_the_store_with_a_drafted_policy(
    tmp_path: Path, captures_dir: Path, service: str, folder: str
) -> None:
    key = CaptureKey(service, "2026-01-06")
    target = tmp_path / "captures" / key.service / key.day
    shutil.copytree(captures_dir / folder, target)
    (target / COMPLETE).touch()
    if folder.startswith("cassettes/"):
        review(target, service, tmp_path)
    result = materialize_all(
        tmp_path / "captures", tmp_path / "work", str(tmp_path / "store"), key.service, key.day, tmp_path / "policies"
    )
    assert result.failures == {}
    assert {"pack_full", "pack_peak", "pack_off_peak", "fixture_set"} <= set(result.published)
