from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from smartsandbox.packs.capture.cassettes import NO_END
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.errors import UnreadableError
from smartsandbox.packs.model import Exchange

Read = Callable[..., tuple[list[Exchange], Report]]

RUBY = """---
http_interactions:
- request:
    method: post
    uri: https://api.test:443/v1/customers?expand=x
    body:
      encoding: UTF-8
      string: name=Ann
    headers:
      Accept:
      - "*/*"
      X-Two:
      - a
      - b
  response:
    status:
      code: 201
      message: Created
    headers:
      Date:
      - Mon, 02 Mar 2026 12:00:00 GMT
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        /wBoaQ==
  recorded_at: Mon, 02 Mar 2026 12:00:07 GMT
recorded_with: VCR 6.0.0
"""

VCRPY = """interactions:
- request:
    body: null
    headers:
      Accept: ['*/*']
    method: GET
    uri: https://api.test/v1/orders/7
  response:
    body: {string: 'ok'}
    headers:
      Content-Type: text/plain
    status: {code: 200, message: OK}
version: 1
"""

WHOLE = {
    "request": {"method": "GET", "uri": "https://a.test/", "headers": {}, "body": None},
    "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "x"}},
}


def cassette(*entries: Any) -> str:
    return yaml.safe_dump({"interactions": list(entries), "version": 1})


def answered(read: Read, **response: Any) -> Exchange:
    (exchange,), _ = read(cassette({**WHOLE, "response": {**WHOLE["response"], **response}}))
    return exchange


def test_a_ruby_cassette_is_read_with_its_binary_body(read: Read) -> None:
    (exchange,), report = read(RUBY)
    request, response = exchange.request, exchange.response
    assert (request.method, request.host, request.target) == ("POST", "api.test", "/v1/customers?expand=x")
    assert request.headers == (("Accept", "*/*"), ("X-Two", "a"), ("X-Two", "b"))
    assert request.body == b"name=Ann"
    assert response is not None
    assert (response.status, response.reason, response.body) == (201, "Created", b"\xff\x00hi")
    assert exchange.started_us == 1_772_452_807_000_000
    assert report.ledger.notes == {"no recorded latency": 1}


def test_a_vcrpy_cassette_is_read_and_says_that_it_has_no_time(read: Read) -> None:
    (exchange,), report = read(VCRPY)
    assert exchange.request.path == "/v1/orders/7"
    assert exchange.response is not None
    assert exchange.response.headers == (("Content-Type", "text/plain"),)
    assert report.ledger.notes == {"no recorded latency": 1, "no recorded time": 1}


def test_the_date_header_stands_in_for_a_missing_time(read: Read) -> None:
    headers = {"Date": ["Mon, 02 Mar 2026 12:00:07 GMT"]}
    assert answered(read, headers=headers).started_us == 1_772_452_807_000_000


def test_a_json_cassette_reads_like_its_yaml_twin(read: Read) -> None:
    from_yaml, _ = read(VCRPY, "a.yaml")
    from_json, _ = read(json.dumps(yaml.safe_load(VCRPY)), "a.json")
    assert from_json[0].request == from_yaml[0].request
    assert from_json[0].response == from_yaml[0].response


def test_symbols_as_keys_and_values_are_understood(read: Read) -> None:
    text = RUBY.replace("request:", ":request:").replace("method: post", ":method: :post").replace("code:", ":code:")
    (exchange,), _ = read(text)
    assert exchange.request.method == "POST"


def test_the_list_that_old_vcr_wrote_is_read(read: Read) -> None:
    text = """---
- !ruby/struct:VCR::HTTPInteraction
  request: !ruby/struct:VCR::Request
    method: :get
    uri: http://a.test:80/
    body:
    headers:
  response: !ruby/struct:VCR::Response
    status: !ruby/struct:VCR::ResponseStatus
      code: 200
      message: OK
    headers:
      content-type:
      - text/html
    body: hello
    http_version: "1.1"
"""
    (exchange,), _ = read(text)
    assert exchange.response is not None
    assert (exchange.request.host, exchange.response.body) == ("a.test", b"hello")


@pytest.mark.parametrize(
    "response",
    [
        {"status": {"code": "200"}},
        {"status": 200},
        {"status": None, "status_code": 200},
        {"status": "200 OK", "code": 200},
        {"status": "200 OK"},
    ],
)
def test_the_status_is_found_where_each_recorder_puts_it(read: Read, response: dict[str, Any]) -> None:
    exchange = answered(read, **response)
    assert exchange.response is not None
    assert exchange.response.status == 200


def test_values_that_yaml_would_guess_at_stay_as_written(read: Read) -> None:
    (exchange,), _ = read(VCRPY.replace("text/plain", "0123").replace("'ok'", "2020-01-01"))
    assert exchange.response is not None
    assert exchange.response.headers == (("Content-Type", "0123"),)
    assert exchange.response.body == b"2020-01-01"


def test_a_packed_body_is_unpacked(read: Read) -> None:
    packed = base64.b64encode(gzip.compress(b"plain")).decode()
    text = VCRPY.replace("'ok'", f"!!binary {packed}").replace("Content-Type: text/plain", "Content-Encoding: [gzip]")
    (exchange,), report = read(text)
    assert exchange.response is not None
    assert exchange.response.body == b"plain"
    assert set(report.ledger.notes) == {"no recorded latency", "no recorded time"}


def test_a_form_kept_as_a_map_is_written_out(read: Read) -> None:
    request = {**WHOLE["request"], "body": {"grant_type": "client_credentials", "scope": "a b"}}
    (exchange,), _ = read(cassette({**WHOLE, "request": request}))
    assert exchange.request.body == b"grant_type=client_credentials&scope=a+b"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (5, "the request is missing"),
        (None, "the request is missing"),
        ({"request": WHOLE["request"]}, "the response is missing"),
        ({**WHOLE, "request": {"method": "GET"}}, "the request has no method or no URL"),
        ({**WHOLE, "response": {"headers": {}}}, "the response has no status that is a number"),
        ({**WHOLE, "response": {"status": 700}}, "the response status is not 100 to 599"),
    ],
)
def test_an_entry_that_is_not_whole_falls_out_alone(read: Read, entry: Any, reason: str) -> None:
    exchanges, report = read(cassette(WHOLE, entry, WHOLE), "a.yaml")
    assert len(exchanges) == 2
    assert report.listing() == [f"a.yaml entry 1: {reason}"]


def test_a_file_that_breaks_off_keeps_what_is_whole(read: Read) -> None:
    second = "- request:\n    method: get\n    uri: 'https://a.te"
    exchanges, report = read(RUBY.replace("recorded_with: VCR 6.0.0\n", second), "a.yml")
    assert len(exchanges) == 1
    assert report.lines == [
        "a.yml entry 1: damaged here: this entry and what follows is lost (not valid YAML at line 29)"
    ]


def test_a_last_entry_without_its_time_is_only_a_part(read: Read) -> None:
    head, _, item = RUBY.partition("http_interactions:\n")
    item = item.partition("recorded_with")[0]
    part = item.partition("  recorded_at")[0]
    exchanges, report = read(f"{head}http_interactions:\n{item}{part}", "a.yml")
    assert len(exchanges) == 1
    assert report.lines[0] == f"a.yml: {NO_END}"
    assert report.lines[1].startswith("a.yml entry 1: damaged here")


@pytest.mark.parametrize("text", ["http_interactions: 5", "interactions:", "http_interactions: {a: b}"])
def test_a_file_without_a_list_is_one_clear_line(read: Read, text: str) -> None:
    with pytest.raises(UnreadableError, match="it has no list of interactions"):
        read(text)


def test_a_file_is_one_session(read: Read) -> None:
    exchanges, _ = read(cassette(WHOLE, WHOLE))
    assert len({exchange.session for exchange in exchanges}) == 1
    assert exchanges[0].id != exchanges[1].id
