"""The match rate of a log before a run: worked out by hand, and equal to what serving then does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smartsandbox.cli import run
from smartsandbox.packs.canonical import canonical_json
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

JSON_LINES = [
    {"path": "/v1/items/item_00001", "session": "a"},
    {"path": "/v1/items/item_00001?x=1", "session": "a"},
    {"path": "/v1/items/item_00002/stock", "session": "a"},
    {"path": "/v1/items/item_99999/stock", "session": "a"},
    {"method": "POST", "path": "/v1/orders", "body": {"n": 2, "sku": "x"}},
    {"method": "POST", "path": "/v1/orders", "body": {"n": 3, "sku": "x"}},
    {"path": "/nowhere"},
]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(
        tmp_path_factory.mktemp("items"),
        [
            an_exchange("i1", a_request(target="/v1/items/item_00001"), a_response(json={"id": "item_00001"})),
            an_exchange("i2", a_request(target="/v1/items/item_00002"), a_response(json={"id": "item_00002"}), at_us=1),
            an_exchange("s1", a_request(target="/v1/items/item_00001/stock"), a_response(json={"left": 1}), at_us=2),
            an_exchange("o1", a_request("POST", "/v1/orders", json={"n": 2.0, "sku": "x"}), a_response(201), at_us=3),
        ],
        "items",
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, JSON_LINES)))
    return tmp_path / "log.jsonl"


def test_shares_are_told_by_tier_and_endpoint_with_reasons(
    pack: Pack, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", str(pack.folder), "--log", str(log), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert (found["requests"], found["matched"]) == (7, 3)
    assert found["by_tier"] == {"missed": 4, "exact": 1, "template": 1, "fields": 1}
    assert found["by_endpoint"] == {
        "(no endpoint of the pack)": {"missed": 1},
        "GET /v1/items/{item_id}": {"exact": 1, "missed": 1},
        "GET /v1/items/{item_id}/stock": {"template": 1, "missed": 1},
        "POST /v1/orders": {"fields": 1, "missed": 1},
    }
    assert {reason["reason"] for reason in found["reasons"]} == {
        "the query has a parameter that the exchange does not have",
        "path segment 3 differs",
        "the body differs at /n",
        "no endpoint is like it",
    }


@pytest.mark.parametrize(("least", "code"), [("42%", 0), ("0.43", 99), ("95%", 99)])
def test_less_than_asked_for_is_a_breach(
    pack: Pack, log: Path, least: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", str(pack.folder), "--log", str(log), "--at-least", least]) == code
    assert "42.86% of 7 requests match" in capsys.readouterr().out


def test_other_rules_may_be_tried(pack: Pack, log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules.yaml").write_text('volatile_query: [x]\nids: any\nmatch: {"POST /v1/orders": {body: [/sku]}}')
    rules = ["--matching", str(tmp_path / "rules.yaml")]

    assert run(["explain", str(pack.folder), "--log", str(log), "--json", *rules]) == 0
    assert json.loads(capsys.readouterr().out)["matched"] == 6


def test_a_trace_matches_the_pack_made_of_it(pack: Pack) -> None:
    trace = str(pack.folder.parent / "trace")

    assert run(["explain", str(pack.folder), "--log", trace, "--at-least", "100%"]) == 0


def test_a_har_entry_and_a_curl_command_are_explained(
    pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = {
        "startedDateTime": "2026-01-05T10:00:00Z",
        "time": 1,
        "request": {"method": "GET", "url": "https://api.example.com/v1/items/item_00001?x=1", "headers": []},
        "response": {"status": 200, "headers": [], "content": {"size": 0}},
        "timings": {"send": 0, "wait": 1, "receive": 0},
    }
    (tmp_path / "one.har").write_bytes(canonical_json({"log": {"version": "1.2", "creator": {}, "entries": [entry]}}))
    curl = ["--curl", 'curl -X POST http://x.test/v1/orders --json \'{"n": 3, "sku": "x"}\'']

    assert run(["explain", str(pack.folder), "--har", str(tmp_path / "one.har")]) == 0
    assert "the query has a parameter that the exchange does not have" in capsys.readouterr().out
    assert run(["explain", str(pack.folder), *curl]) == 0
    assert "fields: the body differs at /n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say what is asked by one of --path, --curl, --har or --log"),
        (["--path", "/x", "--curl", "curl x"], "say what is asked by one of"),
        (["--path", "/x", "--at-least", "5%"], "--at-least goes with --log"),
        (["--log", "none.jsonl", "--at-least", "much"], "must be a share such as 95% or 0.95"),
        (["--log", "none.jsonl"], "neither a trace nor a file"),
        (["--har", "none.har"], "neither a trace nor a file"),
    ],
)
def test_a_mistake_is_one_line(pack: Pack, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(pack.folder), *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_line_that_is_no_request_is_named(pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log.jsonl").write_text('{"path": "/a"}\n{"path": 7}\n')

    assert run(["explain", str(pack.folder), "--log", str(tmp_path / "log.jsonl")]) == 2
    assert "log.jsonl line 2: `path` must be a string" in capsys.readouterr().err
