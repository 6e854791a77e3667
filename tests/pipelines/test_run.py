"""The whole graph, end to end, on an invented capture."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.store import Store
from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.run import Materialised, StepEvent, StepState, failures_of, materialize_all
from smartsandbox.pipelines.testing import account, capture_har, deliver, email

KEY = CaptureKey("payments", "2026-01-06")
PEOPLE = 40


def run(root: Path, events: list[StepEvent] | None = None) -> Materialised:
    seen: list[StepEvent] = [] if events is None else events
    return materialize_all(
        root / "captures",
        root / "work",
        str(root / "store"),
        KEY.service,
        KEY.day,
        root / "policies",
        on_event=seen.append,
    )


@pytest.mark.slow
def test_a_capture_becomes_published_packs_and_fixtures_that_name_nobody(tmp_path: Path) -> None:
    deliver(tmp_path / "captures", KEY, capture_har(PEOPLE))
    events: list[StepEvent] = []
    result = run(tmp_path, events)
    assert result.failures == {}
    assert result.success
    assert set(result.published) == {"pack_full", "pack_peak", "pack_off_peak", "pack_high_error", "fixture_set"}
    assert [name for name, passed in result.checks.items() if not passed] == ["policy:policy_is_reviewed"]
    assert events[0] == StepEvent("raw_trace", StepState.STARTED)
    assert events[-1] == StepEvent("catalogue", StepState.DONE)
    store = Store(str(tmp_path / "store"))
    for item in store.list("packs"):
        assert list(Pack.open(store.local(item)).verify()) == []
    assert originals_in(tmp_path / "store") == []


def originals_in(folder: Path) -> list[str]:
    """Which customers' values stand in a published file, by the customer's number."""
    import pyarrow.parquet as pq

    texts = [repr(pq.read_table(path).to_pylist()) for path in folder.rglob("*.parquet")]
    texts += [path.read_text() for path in folder.rglob("*.json*")]
    everything = "\n".join(texts).lower()
    wanted = {
        person: (email(person), str(account(person)["name"]), str(account(person)["id"])) for person in range(PEOPLE)
    }
    return [f"customer {who}" for who, values in wanted.items() if any(value.lower() in everything for value in values)]


def test_the_history_is_kept_where_dagster_can_show_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    places = (tmp_path / "captures", tmp_path / "work", str(tmp_path / "store"), KEY.service, KEY.day, tmp_path)
    materialize_all(*places, dagster_home=home)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        (record,) = instance.get_run_records()
        assert record.dagster_run.job_name == "capture_to_packs"
        assert list(instance.get_dynamic_partitions("service")) == [KEY.service]
        assert not instance.telemetry_enabled


@pytest.mark.slow
def test_a_capture_that_cannot_be_read_fails_in_one_line_and_publishes_nothing(tmp_path: Path) -> None:
    deliver(tmp_path / "captures", KEY, b'{"log": {"entries": [')
    result = run(tmp_path)
    assert not result.success
    assert set(result.failures) == {"raw_trace"}
    assert "\n" not in result.failures["raw_trace"]
    assert result.published == {}
    assert not (tmp_path / "store").exists()


def test_a_service_name_that_cannot_be_a_partition_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="service"):
        materialize_all(tmp_path, tmp_path, "store", "Pay|ments", "2026-01-06", tmp_path)


def test_failures_are_told_by_finding_and_by_type_and_never_quote_an_error(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def checked() -> None: ...

    @dg.asset_check(asset=checked, blocking=True)
    def gate() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, description="2 leaves have no decision")

    @dg.asset
    def careless() -> None:
        raise ValueError("ada@lovelace.org")

    result = dg.materialize(
        [checked, gate, careless],
        instance=instance,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    assert dict(failures_of(result)) == {
        "checked:gate": "2 leaves have no decision",
        "careless": "internal error ValueError",
    }
