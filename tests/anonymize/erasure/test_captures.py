"""Capture files without the person: cut, deleted, or named for deletion by hand; never half done."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from smartsandbox.anonymize.erasure.captures import CaptureEraser, Fate, by_hand
from smartsandbox.anonymize.erasure.person import Person
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.errors import UsageError

ANN, ANN_MAIL = "cus_0001AnnQ7", "ann.marlowe@oakmoor.co.uk"
BOB = "cus_0002BobZ4"


def a_har(*customers: str) -> str:
    entries = [
        {
            "startedDateTime": "2026-03-02T10:00:00Z",
            "time": 1,
            "request": {"method": "GET", "url": f"https://api.test/v1/customers/{customer}", "headers": []},
            "response": {
                "status": 200,
                "statusText": "OK",
                "headers": [{"name": "Content-Type", "value": "application/json"}],
                "content": {"text": json.dumps({"id": customer})},
            },
        }
        for customer in customers
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ann among others, Ann alone, Bob alone, and a note about Ann that is no capture."""
    captures = tmp_path / "captures"
    captures.mkdir()
    (captures / "both.har").write_text(a_har(ANN, BOB, ANN))
    (captures / "ann.har").write_text(a_har(ANN))
    (captures / "bob.har").write_text(a_har(BOB))
    (captures / "notes.txt").write_text(f"ask {ANN_MAIL}")
    return captures


@pytest.fixture
def eraser(policy: Policy) -> CaptureEraser:
    return CaptureEraser(policy, Person.of([ANN, ANN_MAIL]), frozenset())


def fates(folder: Path, eraser: CaptureEraser, dry_run: bool = False) -> dict[str, tuple[Fate, int, int]]:
    return {one.path.name: (one.fate, one.entries, one.total) for one in eraser.erase(folder, dry_run)}


EXPECTED = {
    "ann.har": (Fate.DELETED, 1, 1),
    "both.har": (Fate.CUT, 2, 3),
    "notes.txt": (Fate.BY_HAND, 0, 0),
}


def test_files_are_cut_deleted_or_named(folder: Path, eraser: CaptureEraser) -> None:
    assert fates(folder, eraser) == EXPECTED

    assert sorted(path.name for path in folder.iterdir()) == ["bob.har", "both.har", "notes.txt"]
    exchanges, _ = import_captures([folder / "both.har"])
    assert [one.request.path for one in exchanges] == [f"/v1/customers/{BOB}"]


def test_a_dry_run_says_the_same_and_changes_nothing(folder: Path, eraser: CaptureEraser) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    assert fates(folder, eraser, dry_run=True) == EXPECTED
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_is_clean_is_not_touched_and_the_second_time_finds_nothing(folder: Path, eraser: CaptureEraser) -> None:
    bob = (folder / "bob.har").read_bytes()
    (folder / "notes.txt").unlink()
    fates(folder, eraser)

    assert fates(folder, eraser) == {}
    assert (folder / "bob.har").read_bytes() == bob


def test_an_entry_of_the_persons_session_goes_by_its_exchange(folder: Path, policy: Policy) -> None:
    exchanges, _ = import_captures([folder / "bob.har"])
    eraser = CaptureEraser(policy, Person.of([ANN]), {exchanges[0].id})

    assert fates(folder, eraser)["bob.har"] == (Fate.DELETED, 1, 1)


def test_a_cut_file_keeps_its_time_and_rights(folder: Path, eraser: CaptureEraser) -> None:
    file = folder / "both.har"
    os.utime(file, (10**9, 10**9))
    file.chmod(0o640)

    fates(folder, eraser)

    assert (file.stat().st_mtime, file.stat().st_mode & 0o777) == (10**9, 0o640)


def test_a_link_stays_a_link_and_its_target_is_cut(folder: Path, eraser: CaptureEraser, tmp_path: Path) -> None:
    real = tmp_path / "real.har"
    real.write_text(a_har(ANN, BOB))
    (folder / "link.har").symlink_to(real)

    assert fates(folder, eraser)["real.har"] == (Fate.CUT, 1, 2)
    assert (folder / "link.har").is_symlink()
    assert ANN not in real.read_text()


def test_a_damaged_file_that_names_the_person_is_left_to_a_human(folder: Path, eraser: CaptureEraser) -> None:
    (folder / "cut.har").write_text(a_har(BOB, ANN)[:-30])
    (folder / "packed.har.gz").write_bytes(gzip.compress(a_har(ANN).encode())[:-12] + ANN.encode())

    files = eraser.erase(folder)

    assert {path.name for path in by_hand(files)} == {"cut.har", "packed.har.gz", "notes.txt"}


def test_a_file_named_after_the_person_goes_as_a_whole(folder: Path, eraser: CaptureEraser) -> None:
    (folder / f"{ANN_MAIL}.har").write_text(a_har(BOB))

    assert fates(folder, eraser)[f"{ANN_MAIL}.har"] == (Fate.DELETED, 1, 1)


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path, eraser: CaptureEraser) -> None:
    with pytest.raises(UsageError, match="no captures at"):
        eraser.erase(tmp_path / "none")


GOR_END = "\n🐵🙈🙉\n"


def test_logs_gor_files_and_flows_lose_the_person_and_keep_the_others(folder: Path, eraser: CaptureEraser) -> None:
    tflow = pytest.importorskip("mitmproxy.test.tflow").tflow
    from mitmproxy import http
    from mitmproxy.io import FlowWriter

    people = (ANN, BOB, BOB)
    address = '{} - - [02/Mar/2026:10:00:00 +0000] "GET /v1/customers/{} HTTP/1.1" 200 12\n'
    hidden = address.format(ANN_MAIL, "me")
    (folder / "access.log").write_text("".join(address.format("192.0.2.1", who) for who in people) + hidden)
    ask = "1 id{0} 1700000000000000000\nGET /v1/customers/{1} HTTP/1.1\r\nHost: api.test\r\n\r\n" + GOR_END
    (folder / "live.gor").write_text("".join(ask.format(at, who) for at, who in enumerate(people)), newline="")
    with (folder / "live.mitm").open("wb") as stream:
        for who in people:
            flow = tflow(resp=True)
            flow.request = http.Request.make("GET", f"https://api.test/v1/customers/{who}", b"", {"Host": "api.test"})
            headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
            flow.response = http.Response.make(200, gzip.compress(json.dumps({"id": who}).encode()), headers)
            FlowWriter(stream).add(flow)

    found = fates(folder, eraser)
    assert {name: found[name] for name in ("access.log", "live.gor", "live.mitm")} == {
        "access.log": (Fate.CUT, 2, 4),
        "live.gor": (Fate.CUT, 1, 3),
        "live.mitm": (Fate.CUT, 1, 3),
    }
    for name in ("access.log", "live.gor", "live.mitm"):
        exchanges, _ = import_captures([folder / name])
        assert [one.request.path for one in exchanges] == [f"/v1/customers/{BOB}"] * 2
    assert ANN_MAIL not in (folder / "access.log").read_text()
