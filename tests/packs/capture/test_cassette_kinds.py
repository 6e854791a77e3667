"""Cassettes that are a bare list: php-vcr, ExVCR, EasyVCR and nock, and what go-vcr adds; one of each by hand."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from smartsandbox.packs.model import FailureKind

RECORDED = 1_654_103_122_000_000
"""2022-06-01T17:05:22Z."""
DATE = "Wed, 01 Jun 2022 17:05:22 GMT"

EASYVCR = {
    "Duration": 135,
    "RecordedAt": "2022-06-01T11:05:22.0000000-06:00",
    "Request": {"Body": "a=1", "Method": "POST", "RequestHeaders": {"Accept": "x"}, "Uri": "https://a.test/x"},
    "Response": {
        "Body": "{}",
        "ContentHeaders": {"Content-Type": "application/json"},
        "ResponseHeaders": {"Date": DATE},
        "Status": {"Code": 201, "Message": "Created"},
    },
}
EXVCR = {
    "request": {
        "body": "",
        "request_body": "a=1",
        "headers": {"Accept": "x"},
        "method": "post",
        "url": "https://a.test/x",
    },
    "response": {
        "binary": False,
        "body": "{}",
        "headers": {"Content-Type": "application/json", "Date": DATE},
        "status_code": 201,
        "type": "ok",
    },
}
NOCK = {
    "scope": "https://a.test:443",
    "method": "POST",
    "path": "/x",
    "body": "a=1",
    "reqheaders": {"Accept": "x"},
    "status": 201,
    "response": {},
    "rawHeaders": ["Content-Type", "application/json", "Date", DATE],
}
PHP = """
-
    request: {method: POST, url: 'https://a.test/x', headers: {Accept: x}, body: a=1}
    response:
        status: {http_version: '1.1', code: '201', message: Created}
        headers: {Content-Type: application/json, Date: 'Wed, 01 Jun 2022 17:05:22 GMT'}
        body: '{}'
        curl_info: {total_time: 0.135}
    index: 0
"""
GO = """---
version: 2
interactions:
    - id: 0
      request: {body: a=1, headers: {Accept: [x]}, url: "https://a.test/x", method: POST}
      response:
        {body: '{}', headers: {Content-Type: [application/json], Date: ["Wed, 01 Jun 2022 17:05:22 GMT"]},
         status: 201 Created, code: 201, duration: 135ms}
"""


@pytest.mark.parametrize(
    ("recorded", "total_us"),
    [([EASYVCR], 135_000), ([EXVCR], None), ([NOCK], None), (PHP, 135_000), (GO, 135_000)],
    ids=["EasyVCR", "ExVCR", "nock", "php-vcr", "go-vcr"],
)
def test_each_recorder_tells_the_same_exchange(read: Any, recorded: Any, total_us: int | None) -> None:
    (exchange,), report = read(recorded)
    request, response = exchange.request, exchange.response
    assert (request.method, request.host, request.path, request.body) == ("POST", "a.test", "/x", b"a=1")
    assert ("Accept", "x") in request.headers
    assert (response.status, response.body) == (201, b"{}")
    assert set(response.headers) == {("Content-Type", "application/json"), ("Date", DATE)}
    assert (exchange.started_us, exchange.total_us) == (RECORDED, total_us)
    assert report.ledger.dropped == {}


def test_an_error_in_place_of_an_answer_is_a_failure(read: Any) -> None:
    (exchange,), _ = read([{**EXVCR, "response": {"body": "timeout", "status_code": None, "type": "error"}}])
    assert (exchange.response, exchange.failure) == (None, FailureKind.TIMEOUT)


def test_the_bytes_of_a_coded_answer_are_hexadecimal(read: Any) -> None:
    packed = gzip.compress(b"hi!").hex()
    coded = {**NOCK, "response": [packed[:20], packed[20:]], "rawHeaders": ["Content-Encoding", "gzip"]}
    binary = {**NOCK, "response": "686921", "responseIsBinary": True}
    plain = {**NOCK, "response": ["6869", "21"]}
    exchanges, _ = read([coded, binary, plain])
    assert [exchange.response.body for exchange in exchanges] == [b"hi!", b"hi!", b'["6869","21"]']
