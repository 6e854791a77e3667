"""Rows come back in order and equal ids are seen, however small the runs are in which they are sorted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartsandbox.packs.model import Exchange, Ledger, Request, Response
from smartsandbox.packs.sorted_rows import RUN_ROWS, RowSorter
from smartsandbox.packs.testing import a_request, a_response, an_exchange
from smartsandbox.packs.trace import RAW, to_row, write_trace
from smartsandbox.packs.trace_batches import rows_in
from smartsandbox.packs.trace_rows import Row


def item(at_us: int, name: str, body: bytes = b"") -> Exchange:
    return an_exchange(name, a_request(body=body), a_response(), at_us=at_us)


def sorted_in_runs(items: list[Exchange], folder: Path, run_rows: int, run_bytes: int = 1 << 30) -> RowSorter:
    sorter = RowSorter(folder, run_rows, run_bytes)
    for one in items:
        sorter.add(one)
    return sorter


def rows_of(sorter: RowSorter) -> list[Row]:
    return [row for batch in sorter.batches() for row in rows_in(batch)]


def test_a_row_that_comes_late_is_put_in_its_place_among_runs_on_disk(tmp_path: Path) -> None:
    sorter = sorted_in_runs([item(5, "e"), item(7, "g"), item(6, "f"), item(9, "i"), item(1, "a")], tmp_path / "r", 2)
    assert [one["id"] for one in rows_of(sorter)] == ["a", "e", "f", "g", "i"]
    assert len(list((tmp_path / "r").glob("run-?"))) == 2


def test_what_fits_in_one_run_never_touches_the_disk(tmp_path: Path) -> None:
    sorter = sorted_in_runs([item(2, "b"), item(1, "a")], tmp_path / "r", 3)
    assert [one["id"] for one in rows_of(sorter)] == ["a", "b"]
    assert not (tmp_path / "r").exists()


def test_a_run_ends_at_its_limit_of_bytes(tmp_path: Path) -> None:
    sorted_in_runs([item(n, f"e{n}", b"x" * 600) for n in range(4)], tmp_path / "r", 100, run_bytes=1000)
    assert len(list((tmp_path / "r").glob("run-?"))) == 2


def test_equal_ids_are_seen_across_runs_and_inside_one(tmp_path: Path) -> None:
    far = [item(n, f"e{n % 5}") for n in range(6)]
    assert sorted_in_runs(far, tmp_path / "a", 2).has_equal_ids()
    assert sorted_in_runs(far, tmp_path / "b", 100).has_equal_ids()
    assert not sorted_in_runs(far[:5], tmp_path / "c", 2).has_equal_ids()


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=3)), unique=True, max_size=30), st.integers(1, 9))
def test_any_rows_in_runs_of_any_size_come_back_sorted(keys: list[tuple[int, str]], run_rows: int) -> None:
    items = [item(at, name) for at, name in keys]
    with tempfile.TemporaryDirectory() as folder:
        sorter = sorted_in_runs(items, Path(folder) / "r", run_rows)
        in_order = list(map(to_row, sorted(items, key=lambda one: one.order)))
        assert rows_of(sorter) == rows_of(sorter) == in_order
        assert sorter.has_equal_ids() == (len({name for _, name in keys}) < len(keys))


def test_a_trace_of_several_runs_has_row_groups_of_bounded_size_and_the_digest_of_its_rows(tmp_path: Path) -> None:
    count = RUN_ROWS + 200
    numbers = sorted(range(count), key=lambda n: (n * 7919) % count)
    request, response = Request("GET", "https", "a.test", "/"), Response(200)
    items = [Exchange(f"e{n:05d}", "sample", n, request, response) for n in numbers]
    trace = write_trace(tmp_path / "t", items, RAW, Ledger(kept=count))
    assert trace.digest == trace.recomputed_digest()
    assert [one.started_us for one in trace.exchanges()] == list(range(count))
    file = pq.ParquetFile(trace.partitions()[0])
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [RUN_ROWS, 200]
    assert not list(trace.path.glob("**/.runs"))
