"""Bodies beside a HAR, by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.capture.har import FROM_CACHE, read_har
from smartsandbox.packs.capture.har_attached import with_bodies
from smartsandbox.packs.capture.har_bodies import NO_RESPONSE_BODY
from smartsandbox.packs.capture.report import Report


def entry(**content: Any) -> dict[str, Any]:
    return {
        "request": {"method": "GET", "url": "https://a.test/x", "headers": []},
        "response": {"status": 200, "headers": [], "content": {"mimeType": "application/json", **content}},
    }


def body_of(path: Path, *entries: dict[str, Any]) -> tuple[bytes, Report]:
    har, report = path / "a.har", Report()
    har.write_text(json.dumps({"log": {"entries": entries}}))
    (exchange,) = read_har(har, report)
    assert exchange.response is not None
    return exchange.response.body, report


def test_an_attached_file_is_the_body(tmp_path: Path) -> None:
    (tmp_path / "1f.bin").write_bytes(b"\xff\x00")
    assert body_of(tmp_path, entry(size=2, _file="1f.bin"))[0] == b"\xff\x00"


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "missing.json", "", "..", "link"])
def test_what_is_not_in_the_folder_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("no")
    folder = tmp_path / "har"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "secret")
    body, report = body_of(folder, entry(size=2, _file=name))
    assert (body, report.ledger.notes[NO_RESPONSE_BODY]) == (b"", 1)


def test_the_events_of_a_stream_are_its_body(tmp_path: Path) -> None:
    events = [
        {"time": 1.5, "eventName": "tick", "eventId": "7", "data": "a\nb"},
        {"time": 2.5, "eventName": "", "eventId": "", "data": "c"},
    ]
    body, _ = body_of(tmp_path, {**entry(size=0), "_eventSourceMessages": events})
    assert body == b"id: 7\nevent: tick\ndata: a\ndata: b\n\ndata: c\n\n"


def test_what_the_cache_answered_is_noted(tmp_path: Path) -> None:
    assert body_of(tmp_path, {**entry(text="{}"), "_fromCache": "memory"})[1].ledger.notes[FROM_CACHE] == 1


@pytest.mark.parametrize("other", [None, 5, {}, {"response": None}, {"response": {"content": {"_file": 5}}}])
def test_other_entries_stay_as_they_are(tmp_path: Path, other: Any) -> None:
    assert with_bodies(other, tmp_path) == other
