"""The demo itself, as a newcomer runs it: it must end well and leave what it says it leaves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from smartsandbox.demo.folder import MARK, DemoFolder
from smartsandbox.demo.proof import search_published
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

SMARTSANDBOX = str(Path(sys.executable).with_name("smartsandbox"))


@pytest.mark.slow
@pytest.mark.long
def test_the_demo_ends_well(tmp_path: Path) -> None:
    out = tmp_path / "demo"

    done = subprocess.run(
        [SMARTSANDBOX, "demo", "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "0 of 3000 identifying values" in done.stdout
    assert re.search(r"passed +k-anonymity", done.stdout)
    published = {path.name for path in (out / "store" / "packs").iterdir()}
    assert published == {"harbourpay", "harbourpay-peak", "harbourpay-off-peak", "harbourpay-high-error"}
    assert len(list((out / "store" / "fixtures").rglob("manifest.json"))) == 1
    for speed in (1, 4):
        report = json.loads((out / "reports" / f"drive-{speed}x.json").read_text())
        assert report["pacing"]["speed"] == speed
        assert report["counts"]["sent"] == report["counts"]["scheduled"] > 0
        assert report["shares"]["matched"] == 1.0
    page = (out / "index.html").read_text()
    assert page.count("<svg") == 2
    assert "TEST ONLY" in page


def test_a_folder_that_the_demo_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()

    with pytest.raises(UsageError, match="was not made by the demo"):
        DemoFolder(tmp_path).prepare()


def test_the_demo_makes_its_own_folder_anew(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "demo")
    folder.prepare()
    (folder.store / "old").touch()

    folder.prepare()

    assert (folder.root / MARK).exists()
    assert not (folder.store / "old").exists()


@pytest.mark.parametrize(
    "written",
    ["ann.smith@mail.test", "ANN.SMITH@mail.test", "ann.smith%40mail.test"],
)
def test_the_proof_finds_a_value_inside_a_column(tmp_path: Path, written: str) -> None:
    pack = make_pack(tmp_path, [an_exchange("e", a_request(), a_response(json={"mail": written}))])

    found = search_published(pack.folder, {"ann.smith@mail.test"})

    assert "bodies.parquet (content)" in found.places


def test_the_proof_finds_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [an_exchange("e", a_request(), a_response(json={"mail": "other@mail.test"}))])

    found = search_published(pack.folder, {"ann.smith@mail.test"})

    assert found.places == ()
    assert found.files == len([file for file in pack.folder.rglob("*") if file.is_file()])
