from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smartsandbox.server.service.rows import plain, window

COUNT = 3000


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pq.ParquetFile:
    path = tmp_path_factory.mktemp("rows") / "numbers.parquet"
    pq.write_table(pa.table({"number": list(range(COUNT))}), path)
    return pq.ParquetFile(path)


@pytest.mark.parametrize(
    ("offset", "limit"), [(0, 3), (1023, 3), (1024, 1), (2047, 1000), (2999, 5), (3000, 5), (9999, 1), (0, 3000)]
)
def test_a_window_is_a_slice_of_the_rows_across_batches(table: pq.ParquetFile, offset: int, limit: int) -> None:
    numbers = [row["number"] for row in window(table, offset, limit)]
    assert numbers == list(range(COUNT))[offset : offset + limit]


@pytest.mark.parametrize(
    ("value", "held"), [(float("nan"), None), (1.5, 1.5), (b"\x00\x01", "AAE="), (2**60, 2**60), (None, None)]
)
def test_every_cell_has_a_json_form(value: Any, held: Any) -> None:
    assert plain(value) == held
