"""Materialise the whole graph for one capture in this process: the same definitions that `dagster dev` shows.

`make demo` and tests call this. In a deployment the sensor, the schedule or a backfill starts the same jobs.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg

from smartsandbox.packs.canonical import pretty_json
from smartsandbox.packs.progress import Track, silent
from smartsandbox.pipelines.partitions import CaptureKey


class StepState(StrEnum):
    """What became of one step."""

    STARTED = "started"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepEvent:
    """A step changed its state. A step is an asset by its name, or a check as `asset_check`."""

    step: str
    state: StepState


QUIET = {"telemetry": {"enabled": False}, "nux": {"enabled": False}}
"""Settings of an instance made here: nothing is reported to anybody, and no dialog asks for an address."""

OnEvent = Callable[[StepEvent], None]


@dataclass(frozen=True, slots=True)
class Materialised:
    """What a run made: metadata by asset name, `checks` by "asset:check" (True where it passed)."""

    key: CaptureKey
    success: bool
    metadata: dict[str, dict[str, Any]]
    checks: dict[str, bool]
    failures: dict[str, str]
    """Step name, or "asset:check", to its one-line reason."""

    @property
    def published(self) -> dict[str, str]:
        """Asset name ("pack_peak", "fixture_set") to the "name@version" that is in the store."""
        prefix = "published_"
        found = {name: values for name, values in self.metadata.items() if name.startswith(prefix)}
        return {name.removeprefix(prefix): str(values["ref"]) for name, values in found.items()}


@dataclass(frozen=True, slots=True)
class Places:
    """Where one run reads and writes; see the resources of the same names."""

    capture_dir: Path
    work_dir: Path
    policy_dir: Path
    store_url: str

    def resources(self, track: Track) -> dict[str, object]:
        """These places as the resources of the definitions."""
        from smartsandbox.pipelines.resources import CaptureFolder, PackStore, PolicyFolder, WorkFolder

        return {
            "capture_folder": CaptureFolder(root=str(self.capture_dir)),
            "work_folder": WorkFolder(root=str(self.work_dir)),
            "policy_folder": PolicyFolder(root=str(self.policy_dir)),
            "pack_store": PackStore(url=self.store_url),
            "track": track,
        }


def materialize_all(
    capture_dir: Path,
    work_dir: Path,
    store_url: str,
    service: str,
    day: str,
    policy_dir: Path,
    instance: dg.DagsterInstance | None = None,
    dagster_home: Path | None = None,
    on_event: OnEvent = lambda event: None,
    track: Track = silent,
) -> Materialised:
    """Run `capture_to_packs` for one capture, then `refresh_catalogue` if it held.

    The run's history goes to `instance`, or is kept in SQLite files under `dagster_home`, where `dagster dev` shows it;
    with neither, nothing is kept. Raises UsageError for a service or day that cannot be a
    partition; a step that fails is a result, with its reason in `failures`.
    """
    key = CaptureKey.checked(service, day)
    resources = Places(capture_dir, work_dir, policy_dir, store_url).resources(track)
    with _instance(instance, dagster_home) as used:
        used.add_dynamic_partitions("service", [service])
        results = [_execute("capture_to_packs", used, resources, on_event, key.partition_key)]
        if results[0].success:
            results.append(_execute("refresh_catalogue", used, resources, on_event))
    return Materialised(
        key=key,
        success=all(result.success for result in results),
        metadata={name: values for result in results for name, values in _metadata(result)},
        checks={name: passed for result in results for name, passed in _checks(result)},
        failures={name: reason for result in results for name, reason in failures_of(result)},
    )


@contextmanager
def _instance(given: dg.DagsterInstance | None, home: Path | None) -> Iterator[dg.DagsterInstance]:
    """The given instance, left open for its owner; or one in a folder; or one in memory that ends with the run."""
    if given is not None:
        yield given
        return
    if home is None:
        made = dg.DagsterInstance.ephemeral(settings=QUIET)
    else:
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "dagster.yaml").exists():
            (home / "dagster.yaml").write_bytes(pretty_json(QUIET))  # JSON is YAML
        made = dg.DagsterInstance.from_config(str(home))
    with made:
        yield made


def _execute(
    job: str,
    instance: dg.DagsterInstance,
    resources: Mapping[str, object],
    on_event: OnEvent,
    partition_key: dg.MultiPartitionKey | None = None,
) -> dg.ExecuteInProcessResult:
    from smartsandbox.pipelines.definitions import defs

    run_id = str(uuid4())
    instance.add_event_listener(run_id, lambda entry: _tell(entry, on_event))
    return defs.resolve_job_def(job).execute_in_process(
        run_id=run_id,
        instance=instance,
        resources=resources,
        partition_key=partition_key,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


_STATES = {
    dg.DagsterEventType.STEP_START: StepState.STARTED,
    dg.DagsterEventType.STEP_SUCCESS: StepState.DONE,
    dg.DagsterEventType.STEP_SKIPPED: StepState.SKIPPED,
    dg.DagsterEventType.STEP_FAILURE: StepState.FAILED,
}


def _tell(entry: dg.EventLogEntry, on_event: OnEvent) -> None:
    event = entry.dagster_event
    if event and event.step_key and event.event_type in _STATES:
        on_event(StepEvent(event.step_key, _STATES[event.event_type]))


def _metadata(result: dg.ExecuteInProcessResult) -> Iterator[tuple[str, dict[str, Any]]]:
    for event in result.get_asset_materialization_events():
        materialization = event.step_materialization_data.materialization
        values = {name: value.value for name, value in materialization.metadata.items()}
        yield materialization.asset_key.to_user_string(), values


def _checks(result: dg.ExecuteInProcessResult) -> Iterator[tuple[str, bool]]:
    for evaluation in result.get_asset_check_evaluations():
        yield f"{evaluation.asset_key.to_user_string()}:{evaluation.check_name}", evaluation.passed


def failures_of(result: dg.ExecuteInProcessResult) -> Iterator[tuple[str, str]]:
    """A failed check by what it found; another step by its own words, or by its error's type alone."""
    for found in result.get_asset_check_evaluations():
        if found.blocking and not found.passed and found.severity is dg.AssetCheckSeverity.ERROR:
            yield f"{found.asset_key.to_user_string()}:{found.check_name}", found.description or "did not hold"
    for event in result.get_step_failure_events():
        reason = _reason(event.step_failure_data)
        if reason:
            yield str(event.step_key), reason


def _reason(data: Any) -> str | None:
    """None for the step of a check, whose finding is told already. An unforeseen error's text may quote a value."""
    if data.user_failure_data is not None:
        return data.user_failure_data.description or "failed without a reason"
    if data.error.cls_name == "DagsterAssetCheckFailedError":
        return None
    return f"internal error {(data.error.cause or data.error).cls_name}"
