from __future__ import annotations

from collections.abc import Callable

import dagster as dg
import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.pipelines.partitions import CaptureKey, capture_key


def test_a_key_goes_to_dagster_and_back(context_of: Callable[..., dg.AssetExecutionContext]) -> None:
    key = CaptureKey.checked("payments", "2026-01-02")
    assert str(key.partition_key) == "2026-01-02|payments"
    assert capture_key(context_of(key)) == key


@pytest.mark.parametrize("service", ["Payments", "pay|ments", "../up", ""])
def test_a_service_must_fit_a_path_and_a_pack_name(service: str) -> None:
    with pytest.raises(UsageError, match="service"):
        CaptureKey.checked(service, "2026-01-02")


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "1999-01-01", "2999-01-01", "20260102"])
def test_a_day_must_be_one_of_the_partitions(day: str) -> None:
    with pytest.raises(UsageError, match="is not a day from"):
        CaptureKey.checked("payments", day)


def test_a_step_without_a_partition_says_what_to_choose(
    context_of: Callable[..., dg.AssetExecutionContext],
) -> None:
    with pytest.raises(UsageError, match="for a day and a service"):
        capture_key(context_of(None))
