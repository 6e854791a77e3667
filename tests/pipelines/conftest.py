from __future__ import annotations

from collections.abc import Callable, Iterator

import dagster as dg
import pytest

from smartsandbox.pipelines.partitions import CaptureKey

ContextOf = Callable[[CaptureKey | None], dg.AssetExecutionContext]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """A Dagster instance in memory that is closed after the test, and that tells nobody about it."""
    with dg.DagsterInstance.ephemeral(settings={"telemetry": {"enabled": False}}) as made:
        yield made


@pytest.fixture
def context_of(instance: dg.DagsterInstance) -> ContextOf:
    """Makes the context of a step that runs for a partition, or for none."""

    def make(key: CaptureKey | None) -> dg.AssetExecutionContext:
        partition = str(key.partition_key) if key else None
        return dg.build_asset_context(instance=instance, partition_key=partition)

    return make
