"""Retention in Dagster: a job that removes, a schedule that is on only where a limit is set."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from smartsandbox.pipelines import schedules
from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.resources import CaptureFolder, PackStore, WorkFolder
from smartsandbox.pipelines.retention import KEEP_RAW, Retention, apply_retention
from smartsandbox.pipelines.testing import deliver

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def run(root: Path, instance: dg.DagsterInstance, keep_raw: str) -> dg.ExecuteInProcessResult:
    return apply_retention.execute_in_process(
        instance=instance,
        raise_on_error=False,
        resources={
            "retention": Retention(keep_raw=keep_raw),
            "capture_folder": CaptureFolder(root=str(root / "captures")),
            "work_folder": WorkFolder(root=str(root / "none")),
            "pack_store": PackStore(url=str(root / "store")),
            "now": lambda: NOW,
        },
    )


def test_the_job_removes_old_captures_and_their_marker(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    old = deliver(tmp_path / "captures", CaptureKey("payments", "2026-01-01"))
    new = deliver(tmp_path / "captures", CaptureKey("payments", "2026-02-28"))
    for folder, day in ((old, 1), (new, 28)):
        then = datetime(2026, 1 if day == 1 else 2, day, tzinfo=UTC).timestamp()
        os.utime(folder / "visits.har", (then, then))

    result = run(tmp_path, instance, "30d")

    assert result.success
    assert result.output_for_node("remove_expired") == 1
    assert not old.exists()
    assert (new / "visits.har").exists()


def test_a_limit_that_is_none_fails_the_job_and_removes_nothing(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    folder = deliver(tmp_path / "captures", CaptureKey("payments", "2026-01-01"))

    assert not run(tmp_path, instance, "soon").success
    assert (folder / "visits.har").exists()


@pytest.fixture
def tick(instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    with dg.build_schedule_context(instance, scheduled_execution_time=NOW) as context:
        found = schedules.retention(context)
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def test_the_schedule_is_off_and_does_nothing_without_a_limit(tick: dg.RunRequest | dg.SkipReason) -> None:
    assert schedules.retention.default_status is dg.DefaultScheduleStatus.STOPPED
    assert isinstance(tick, dg.SkipReason)


def test_the_schedule_runs_once_a_day_where_a_limit_is_set(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEEP_RAW, "30d")
    with dg.build_schedule_context(instance, scheduled_execution_time=NOW) as context:
        found = schedules.retention(context)
    assert isinstance(found, dg.RunRequest)
    assert found.run_key == "retention/2026-03-01"
