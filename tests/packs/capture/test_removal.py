"""Entries taken out of capture files: the others stay as they were, and can still be read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from smartsandbox.packs.capture import READERS
from smartsandbox.packs.capture.detect import sniff
from smartsandbox.packs.capture.removal import without_entries
from smartsandbox.packs.capture.report import Report

ITEM = """- request:
    method: GET
    uri: https://api.tidewater.test/v1/things/{name}
    body: null
    headers: {{}}
  response:
    status: {{code: 200, message: OK}}
    headers: {{}}
    body: {{string: 'thing {name}'}}
"""
RUBY = """- request:
    method: get
    uri: https://api.tidewater.test/v1/things/{name}
    body:
      encoding: UTF-8
      string: ''
    headers: {{}}
  response:
    status:
      code: 200
      message: OK
    headers: {{}}
    body:
      encoding: UTF-8
      string: |
        thing {name}

  recorded_at: Mon, 02 Mar 2026 10:00:00 GMT
"""
FORMS = {
    "vcrpy": ("interactions:\n", ITEM, "version: 1\n"),
    "indented": ("interactions:\n", "".join(f"  {line}" for line in ITEM.splitlines(True)), "version: 1\n"),
    "list last": ("version: 1\ninteractions:\n", ITEM, ""),
    "ruby": ("---\nhttp_interactions:\n", RUBY, "recorded_with: VCR 6.1.0\n"),
}
NAMES = ["one", "two", "three"]


def a_cassette(form: str, names: list[str]) -> str:
    head, item, tail = FORMS[form]
    return head + "".join(item.format(name=name) for name in names) + tail


def never(text: str) -> bool:
    return False


def paths_of(file: Path) -> list[str]:
    kind = sniff(file)
    assert kind is not None
    return [one.request.path.rsplit("/", 1)[1] for one in READERS[kind](file, Report())]


def cut(file: Path, unwanted: set[int], holds: object = never) -> list[str]:
    rest = without_entries(file, sniff(file) or "", unwanted, holds)  # type: ignore[arg-type]
    assert rest is not None
    file.write_bytes(rest)
    return paths_of(file)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("unwanted", [{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}])
def test_a_yaml_cassette_loses_these_items_and_no_other_byte(tmp_path: Path, form: str, unwanted: set[int]) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(a_cassette(form, NAMES))
    left = [name for index, name in enumerate(NAMES) if index not in unwanted]

    assert cut(file, unwanted) == left
    assert file.read_text() == a_cassette(form, left)


def a_har(*names: str, **log: object) -> str:
    entries = [
        {
            "startedDateTime": "2026-03-02T10:00:00Z",
            "time": 1,
            "request": {"method": "GET", "url": f"https://api.tidewater.test/v1/things/{name}", "headers": []},
            "response": {"status": 200, "statusText": "OK", "headers": [], "content": {"text": name}},
        }
        for name in names
    ]
    return json.dumps({"log": {"version": "1.2", **log, "entries": entries}})


def test_a_har_loses_these_entries_and_stays_packed(tmp_path: Path) -> None:
    file = tmp_path / "c.har.gz"
    file.write_bytes(gzip.compress(a_har(*NAMES).encode()))

    assert cut(file, {1}) == ["one", "three"]
    assert gzip.decompress(file.read_bytes()).startswith(b"{")


def test_a_har_loses_what_no_reader_takes_and_empties_what_stands_around(tmp_path: Path) -> None:
    file = tmp_path / "c.har"
    har = json.loads(a_har(*NAMES, pages=[{"id": "page_1", "title": "https://shop.test/u/ann@x.org"}]))
    har["log"]["entries"][0] = {"comment": "ann@x.org", "_webSocketMessages": []}
    file.write_text(json.dumps(har))

    assert cut(file, {2}, lambda text: "ann@x.org" in text) == ["two"]
    assert json.loads(file.read_text())["log"]["pages"] == [{"id": "page_1", "title": ""}]


def test_json_that_only_browsers_write_is_cut_too(tmp_path: Path) -> None:
    file = tmp_path / "c.har"
    file.write_text(a_har(*NAMES).replace('"time": 1', '"time": NaN'))

    assert cut(file, {0}) == ["two", "three"]


def test_a_json_cassette_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    request = {"method": "GET", "headers": {}, "body": None}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "x"}}
    items = [{"request": {**request, "uri": f"https://a.test/{name}"}, "response": response} for name in NAMES]
    file.write_text(json.dumps({"interactions": items, "version": 1}))

    assert cut(file, {0}) == ["two", "three"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [("flows", "x"), ("har", '{"log": {"entries": [{"a":'), ("cassette", "interactions: [a, b"), ("har", '{"log": 1}')],
)
def test_what_cannot_be_cut_is_left_to_a_human(tmp_path: Path, kind: str, content: str) -> None:
    file = tmp_path / "c"
    file.write_text(content)

    assert without_entries(file, kind, {0}, never) is None
    assert file.read_text() == content
