"""WireMock mappings, by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.capture.wiremock import PATTERN, read_wiremock
from smartsandbox.packs.model import FailureKind

POST = {
    "request": {
        "method": "POST",
        "urlPath": "/v1/x",
        "queryParameters": {"a": {"equalTo": "1 2"}},
        "headers": {"Accept": {"equalTo": "application/json"}},
        "bodyPatterns": [{"equalToJson": {"n": 1}}],
    },
    "response": {
        "status": 201,
        "jsonBody": {"id": 7},
        "headers": {"Content-Type": "application/json", "Set-Cookie": ["a=1", "b=2"]},
        "fixedDelayMilliseconds": 20,
    },
}


def test_a_mapping_of_one_request_is_an_exchange(read: Any) -> None:
    (exchange,), report = read({"mappings": [POST]})
    request, response = exchange.request, exchange.response
    assert (request.method, request.path, request.query, request.body) == ("POST", "/v1/x", "a=1+2", b'{"n":1}')
    assert (response.status, response.body, exchange.total_us) == (201, b'{"id":7}', 20_000)
    assert [value for name, value in response.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert report.ledger.dropped == {}


def test_mappings_of_patterns_and_damaged_ones_cost_themselves_only(read: Any) -> None:
    pattern = {"request": {"method": "GET", "urlPathPattern": "/x/.*"}, "response": {"status": 200}}
    matching = {"request": {**POST["request"], "headers": {"A": {"matches": ".*"}}}, "response": {"status": 200}}
    exchanges, report = read({"mappings": [POST, pattern, matching, 5]})
    assert len(exchanges) == 1
    assert report.ledger.dropped == {PATTERN: 2, "malformed entry": 1}


def test_a_fault_is_a_failure_and_a_body_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "b.txt").write_text("hi")
    (tmp_path / "mappings").mkdir()
    path = tmp_path / "mappings" / "all.json"
    request = {"method": "GET", "url": "/a?b=1"}
    answers = [{"bodyFileName": "b.txt"}, {"fault": "CONNECTION_RESET_BY_PEER"}, {"bodyFileName": "../x"}]
    path.write_text(json.dumps({"mappings": [{"request": request, "response": answer} for answer in answers]}))
    first, second, third = read_wiremock(path, Report())
    assert first.response is not None
    assert third.response is not None
    assert (first.request.target, first.response.body, third.response.body) == ("/a?b=1", b"hi", b"")
    assert (second.response, second.failure) == (None, FailureKind.RESET)
