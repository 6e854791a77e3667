from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from smartsandbox.packs.model import Exchange
from smartsandbox.packs.progress import silent
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace
from smartsandbox.pipelines.assets.entity_tables import entity_tables
from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.resources import WorkFolder

KEY = CaptureKey("payments", "2026-01-06")
Run = Callable[[list[Exchange]], dg.MaterializeResult[None]]


@pytest.fixture
def run(tmp_path: Path, context_of: Callable[..., dg.AssetExecutionContext]) -> Run:
    def materialise(exchanges: list[Exchange]) -> dg.MaterializeResult[None]:
        work = WorkFolder(root=str(tmp_path))
        certified_trace(work.anonymised(KEY), exchanges)
        result = entity_tables(context_of(KEY), work_folder=work, track=silent)
        assert isinstance(result, dg.MaterializeResult)
        return result

    return materialise


def an_answer(number: int) -> Exchange:
    body = {"id": f"acct_{number:04d}q{number}", "object": "account", "balance": number}
    return an_exchange(
        f"e{number}", a_request(target=f"/v1/accounts/{body['id']}"), a_response(json=body), at_us=number
    )


def test_each_noun_becomes_a_parquet_file(tmp_path: Path, run: Run) -> None:
    result = run([an_answer(number) for number in range(6)])
    table = pq.read_table(tmp_path / "payments/2026-01-06/entities/account.parquet")
    assert table.num_rows == 6
    assert result.metadata is not None
    assert result.metadata["dagster/row_count"] == 6


def test_running_again_replaces_the_tables_with_equal_bytes(tmp_path: Path, run: Run) -> None:
    items = [an_answer(number) for number in range(6)]
    first, again = run(items), run(items)
    assert first.metadata is not None
    assert again.metadata is not None
    assert first.metadata["digest"] == again.metadata["digest"]
    assert not (tmp_path / "payments/2026-01-06/entities.part").exists()


def test_a_capture_without_json_has_no_table_and_does_not_fail(run: Run) -> None:
    result = run([an_exchange("e1", a_request(), a_response(body=b"plain"))])
    assert result.metadata is not None
    assert result.metadata["dagster/row_count"] == 0
