"""Captures that nobody here wrote, through the whole graph. They are not part of the repository."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.resources import COMPLETE
from smartsandbox.pipelines.run import materialize_all


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
    result = materialize_all(
        tmp_path / "captures", tmp_path / "work", str(tmp_path / "store"), key.service, key.day, tmp_path / "policies"
    )
    assert result.failures == {}
    assert {"pack_full", "pack_peak", "pack_off_peak", "fixture_set"} <= set(result.published)
