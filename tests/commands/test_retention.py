"""`smartsandbox retention` on the command line: lists by default, removes when told to."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from smartsandbox import cli


@pytest.fixture
def folder(tmp_path: Path, shop_har: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """captures/shop.har and traces/raw, both of the year 2001; made current."""
    monkeypatch.chdir(tmp_path)
    Path("captures").mkdir()
    Path("captures/shop.har").write_text(shop_har)
    assert cli.run(["import", "captures", "--out", "traces/raw"]) == 0
    for path in ("captures/shop.har", "traces/raw/trace.json"):
        os.utime(path, (10**9, 10**9))
    capsys.readouterr()
    return tmp_path


PLACES = ["--captures", "captures", "--work", "traces", "--keep-raw", "30d"]


def test_it_lists_and_removes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["retention", *PLACES]) == 0

    printed = capsys.readouterr().out
    assert "captures/shop.har" in printed
    assert "traces/raw" in printed
    assert "2 past their limit; --apply removes them" in printed
    assert Path("captures/shop.har").exists()


def test_applied_it_removes_what_it_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["retention", *PLACES, "--apply", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert [one["sort"] for one in told["expired"]] == ["capture", "raw trace"]
    assert told["removed"] == 2
    assert not Path("captures/shop.har").exists()
    assert not Path("traces/raw").exists()
    assert cli.run(["retention", *PLACES]) == 0
    assert "nothing is older than its limit" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--captures", "captures"],
        ["--keep-raw", "30d"],
        ["--keep-packs", "30d"],
        ["--keep-raw", "soon", "--captures", "captures"],
        ["--keep-raw", "30d", "--captures", "none"],
    ],
)
def test_a_call_without_sense_is_one_line(
    arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SMARTSANDBOX_STORE", raising=False)

    assert cli.run(["retention", *arguments, "--apply"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert Path("captures/shop.har").exists()
