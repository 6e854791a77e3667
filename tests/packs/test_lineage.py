"""Lineage: from a raw trace's digest to the folders and published versions that came of it."""

from __future__ import annotations

from pathlib import Path

from smartsandbox.packs.lineage import Descent, lineages_of, published_from, read_lineage, record_descent
from smartsandbox.packs.store import PACKS, Store
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

ONE, TWO = Descent("raw1", "safe1", "policy"), Descent("raw2", "safe2", "policy")


def record(out: Path, *descents: Descent) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for descent in descents:
        record_descent(out, out, descent)


def test_every_run_into_a_folder_is_remembered(tmp_path: Path) -> None:
    record(tmp_path / "safe", ONE, TWO)

    assert read_lineage(tmp_path / "safe") == [ONE, TWO]


def test_a_folder_is_found_by_any_raw_trace_it_was_ever_made_from_with_all_its_runs(tmp_path: Path) -> None:
    record(tmp_path / "shop" / "2026-03-02" / "anonymised", ONE, TWO)
    record(tmp_path / "other", Descent("raw9", "safe9", "policy"))

    found = lineages_of({"raw2"}, tmp_path)

    assert found == {tmp_path / "shop" / "2026-03-02" / "anonymised": [ONE, TWO]}
    assert lineages_of({"raw5"}, tmp_path) == {}
    assert lineages_of({"raw2"}, tmp_path / "none") == {}


def test_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    record(tmp_path, ONE)
    file = tmp_path / "lineage.jsonl"
    file.write_bytes(file.read_bytes() + b"{\n[]\n")

    assert read_lineage(tmp_path) == [ONE]


def test_published_versions_are_found_by_the_trace_they_were_cut_from(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "p", [an_exchange("e", a_request(), a_response(200))])
    store = Store(str(tmp_path / "store"))
    item = store.put(PACKS, pack.folder, "sample", "1.0")

    assert published_from({pack.manifest.inputs["trace"]}, store) == [item]
    assert published_from({"other"}, store) == []
