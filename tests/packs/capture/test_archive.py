"""Zip files with captures in them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from smartsandbox.packs.capture import archive
from smartsandbox.packs.capture.archive import NOT_CAPTURES, read_archive
from smartsandbox.packs.capture.detect import ARCHIVE, sniff
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import UnreadableError

ENTRY = {
    "request": {"method": "GET", "url": "https://a.test/x", "headers": []},
    "response": {"status": 200, "headers": [], "content": {"size": 2, "mimeType": "text/plain", "_file": "1f.txt"}},
}


def packed(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, text in members.items():
            file.writestr(name.replace("_", "."), text)
    return path


def test_a_har_and_what_is_attached_to_it_are_read_from_one_file(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", har_har=json.dumps({"log": {"entries": [ENTRY]}}), **{"1f_txt": "hi"})
    report = Report(place="a.zip")
    (exchange,) = read_archive(path, report)
    assert sniff(path) == ARCHIVE
    assert exchange.response is not None
    assert (exchange.response.body, exchange.source, report.place) == (b"hi", "a.zip/har.har#0", "a.zip")
    assert report.ledger.notes[NOT_CAPTURES] == 1


def test_a_member_that_cannot_be_read_costs_itself_only(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", a_har='{"log": {"entries": 5}}', b_har=json.dumps({"log": {"entries": [ENTRY]}}))
    report = Report(place="a.zip")
    assert len(list(read_archive(path, report))) == 1
    assert list(report.ledger.unreadable_files) == ["a.zip/a.har"]


def test_members_stay_inside_their_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("../../out.har", json.dumps({"log": {"entries": [ENTRY]}}))
    assert len(list(read_archive(path, Report()))) == 1
    assert not list(tmp_path.glob("**/out.har"))


def test_a_damaged_or_too_large_file_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "a.zip", a_har="{}")
    (tmp_path / "cut.zip").write_bytes(path.read_bytes()[:20])
    with pytest.raises(UnreadableError, match="damaged"):
        list(read_archive(tmp_path / "cut.zip", Report()))
    monkeypatch.setattr(archive, "MAX_DOCUMENT", 1)
    with pytest.raises(UnreadableError, match="unpack it first"):
        list(read_archive(path, Report()))
