from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from smartsandbox.packs.progress import silent
from smartsandbox.packs.trace import Trace
from smartsandbox.pipelines.assets.raw_trace import raw_trace
from smartsandbox.pipelines.partitions import CaptureKey
from smartsandbox.pipelines.resources import CaptureFolder, WorkFolder
from smartsandbox.pipelines.testing import capture_har, deliver

KEY = CaptureKey("payments", "2026-01-06")


Run = Callable[[], dg.MaterializeResult[None]]


@pytest.fixture
def run(tmp_path: Path, context_of: Callable[..., dg.AssetExecutionContext]) -> Run:
    return lambda: materialise(tmp_path, context_of(KEY))


def materialise(tmp_path: Path, context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    result = raw_trace(
        context,
        capture_folder=CaptureFolder(root=str(tmp_path / "captures")),
        work_folder=WorkFolder(root=str(tmp_path / "work")),
        track=silent,
    )
    assert isinstance(result, dg.MaterializeResult)
    return result


def test_a_capture_becomes_a_trace_and_says_how_much_of_it(tmp_path: Path, run: Run) -> None:
    deliver(tmp_path / "captures", KEY, capture_har(people=4))
    result = run()
    trace = Trace.open(tmp_path / "work/payments/2026-01-06/raw")
    assert trace.count == 12
    assert result.metadata is not None
    assert result.metadata["dagster/row_count"] == 12
    assert result.metadata["digest"] == trace.digest
    assert trace.services == ("payments",)


def test_running_again_gives_the_same_digest(tmp_path: Path, run: Run) -> None:
    deliver(tmp_path / "captures", KEY, capture_har(people=4))
    first, again = run(), run()
    assert first.data_version == again.data_version


def test_a_damaged_file_beside_a_good_one_is_listed_and_stops_nothing(tmp_path: Path, run: Run) -> None:
    folder = deliver(tmp_path / "captures", KEY, capture_har(people=2))
    (folder / "broken.har").write_text('{"log": {"entries": [')
    result = run()
    assert result.metadata is not None
    assert "broken.har" in result.metadata["fell_out"].md_str


def test_a_day_without_a_capture_fails_in_one_line(run: Run) -> None:
    with pytest.raises(dg.Failure, match="no capture at") as caught:
        run()
    assert "\n" not in str(caught.value.description)


def test_the_work_folder_is_closed_to_others(tmp_path: Path, run: Run) -> None:
    deliver(tmp_path / "captures", KEY, capture_har(people=1))
    run()
    assert (tmp_path / "work/payments/2026-01-06").stat().st_mode & 0o077 == 0
