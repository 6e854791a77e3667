from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from smartsandbox.pipelines import sensors
from smartsandbox.pipelines.definitions import defs
from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.resources import CaptureFolder
from smartsandbox.pipelines.schedules import daily_captures
from smartsandbox.pipelines.sensors import MOST_PER_TICK, new_captures
from smartsandbox.pipelines.testing import deliver


def tick(root: Path, instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    resources = {"capture_folder": CaptureFolder(root=str(root))}
    with dg.build_sensor_context(instance, cursor=cursor, resources=resources, definitions=defs) as context:
        result = new_captures(context)
    assert isinstance(result, dg.SensorResult)
    return result


def test_a_complete_capture_starts_one_run_and_adds_its_service(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    deliver(tmp_path, CaptureKey("payments", "2026-01-06"), b"{}")
    result = tick(tmp_path, instance)
    (request,) = result.run_requests or []
    assert request.partition_key == "2026-01-06|payments"
    assert (request.run_key or "").startswith("payments/2026-01-06/")
    (addition,) = result.dynamic_partitions_requests or []
    assert list(addition.partition_keys) == ["payments"]


def test_nothing_new_is_a_skip_with_a_reason(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    deliver(tmp_path, CaptureKey("payments", "2026-01-06"), b"{}")
    again = tick(tmp_path, instance, tick(tmp_path, instance).cursor)
    assert not again.run_requests
    assert "complete captures: 1, none new" in str(again.skip_reason)


def test_a_half_written_capture_waits(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    (deliver(tmp_path, CaptureKey("payments", "2026-01-06"), b"{}") / "_SUCCESS").unlink()
    result = tick(tmp_path, instance)
    assert not result.run_requests
    assert "complete captures: 0, none new; folders without _SUCCESS: 1" in str(result.skip_reason)


def test_a_folder_that_cannot_be_a_partition_is_named_with_what_to_do(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    for day in ("2019-01-01", "2019-01-02"):
        (tmp_path / "payments" / day).mkdir(parents=True)
        (tmp_path / "payments" / day / "_SUCCESS").touch()
    reason = str(tick(tmp_path, instance).skip_reason)
    assert "folders with a bad name: 2, first payments/2019-01-01: day '2019-01-01'" in reason
    assert "SMARTSANDBOX_FIRST_DAY" in reason


def test_a_tick_is_bounded_and_the_next_goes_on(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    for day in range(1, MOST_PER_TICK + 4):
        deliver(tmp_path, CaptureKey("payments", f"2026-01-{day:02d}"), b"{}")
    first = tick(tmp_path, instance)
    second = tick(tmp_path, instance, first.cursor)
    assert (len(first.run_requests or []), len(second.run_requests or [])) == (MOST_PER_TICK, 3)
    keys = {request.partition_key for result in (first, second) for request in result.run_requests or []}
    assert len(keys) == MOST_PER_TICK + 3


def test_a_capture_completed_again_without_a_change_keeps_its_run_key(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    folder = deliver(tmp_path, CaptureKey("payments", "2026-01-06"), b"{}")
    first = tick(tmp_path, instance)
    (folder / "_SUCCESS").write_text("again")
    second = tick(tmp_path, instance, first.cursor)
    assert [r.run_key for r in second.run_requests or []] == [r.run_key for r in first.run_requests or []]


def test_the_cursor_forgets_folders_that_are_gone(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    cursor = json.dumps({"payments/2020-01-01": "1-0"})
    assert json.loads(tick(tmp_path, instance, cursor).cursor or "") == {}


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """A schedule's context takes an instance with files only."""
    home = tmp_path / "home"
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home), {"telemetry": {"enabled": False}}) as made:
        yield made


def at(when: datetime, root: Path, instance: dg.DagsterInstance) -> list[dg.RunRequest] | dg.SkipReason:
    resources = {"capture_folder": CaptureFolder(root=str(root))}
    with dg.build_schedule_context(instance, scheduled_execution_time=when, resources=resources) as context:
        found = daily_captures(context)
    assert isinstance(found, list | dg.SkipReason)
    return found


def test_the_schedule_takes_the_day_before(tmp_path: Path, stored: dg.DagsterInstance) -> None:
    for day in ("2026-01-05", "2026-01-06", "2026-01-07"):
        deliver(tmp_path, CaptureKey("payments", day), b"{}")
    found = at(datetime(2026, 1, 7, 2, 30, tzinfo=UTC), tmp_path, stored)
    assert isinstance(found, list)
    assert [request.partition_key for request in found] == ["2026-01-06|payments"]
    assert list(stored.get_dynamic_partitions("service")) == ["payments"]


def test_the_schedule_says_when_there_was_nothing(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    found = at(datetime(2026, 1, 7, 2, 30, tzinfo=UTC), tmp_path, instance)
    assert isinstance(found, dg.SkipReason)
    assert "2026-01-06" in (found.skip_message or "")


def test_sensor_and_schedule_are_off_until_somebody_turns_one_on() -> None:
    assert sensors.new_captures.default_status is dg.DefaultSensorStatus.STOPPED
    assert daily_captures.default_status is dg.DefaultScheduleStatus.STOPPED
