from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest

from smartsandbox.packs.capture.har_bodies import request_body, response_body

GZIP = (("Content-Encoding", "gzip"),)


@pytest.mark.parametrize(
    ("content", "body", "notes"),
    [
        ({"text": "hé", "mimeType": "text/plain"}, "hé".encode(), []),
        ({"text": "hé", "mimeType": "text/plain; charset=iso-8859-1"}, b"h\xe9", []),
        ({"text": "aGk=", "encoding": "base64"}, b"hi", []),
        ({"text": "hi", "encoding": "utf-8"}, b"hi", []),
        ({"text": "", "size": 0}, b"", []),
        ({"size": 12}, b"", ["response body not recorded"]),
        ({"size": 0}, b"", []),
        ({"size": -1}, b"", []),
        (None, b"", []),
        ("text", b"", []),
    ],
)
def test_a_response_body_is_what_the_client_saw(content: Any, body: bytes, notes: list[str]) -> None:
    found: list[str] = []
    assert (response_body(content, (), found), found) == (body, notes)


@pytest.mark.parametrize(
    ("text", "mime_type", "body"),
    [
        ("\x88\xff", "x-other/any", b"\x88\xff"),
        ("\xe9\xff", "application/octet-stream", b"\xe9\xff"),
        ("caf\xe9", "text/plain", "café".encode()),
        ("\x88", "text/plain; charset=utf-8", b"\xc2\x88"),
        ("\x88€", "application/octet-stream", "\x88€".encode()),
    ],
)
def test_bytes_written_as_characters_are_bytes_again(text: str, mime_type: str, body: bytes) -> None:
    assert response_body({"text": text, "mimeType": mime_type}, (), []) == body


def test_plain_text_under_a_gzip_header_is_the_rule_in_har() -> None:
    notes: list[str] = []
    assert response_body({"text": "plain"}, GZIP, notes) == b"plain"
    assert notes == []


def test_a_body_that_is_still_packed_is_unpacked() -> None:
    packed = base64.b64encode(gzip.compress(b"plain")).decode()
    assert response_body({"text": packed, "encoding": "base64"}, GZIP, []) == b"plain"


def test_the_pieces_of_a_packed_body_are_joined() -> None:
    packed = gzip.compress(b"plain").hex()
    content = {"text": f'["{packed[:10]}", "{packed[10:]}"]', "_isBinary": True}
    assert response_body(content, GZIP, []) == b"plain"


@pytest.mark.parametrize(
    ("post_data", "body"),
    [
        ({"mimeType": "application/json", "text": '{"a":1}'}, b'{"a":1}'),
        ({"mimeType": "x", "text": "a=1", "params": [{"name": "b", "value": "2"}]}, b"a=1"),
        ({"params": [{"name": "a b", "value": "1"}, {"name": "c"}]}, b"a+b=1&c="),
        ({"text": "aGk=", "encoding": "base64"}, b"hi"),
        ({"text": "", "params": []}, b""),
        ({}, b""),
        (None, b""),
    ],
)
def test_a_request_body_is_its_text_or_its_params(post_data: Any, body: bytes) -> None:
    assert request_body(post_data, (), []) == body


def test_multipart_params_take_the_boundary_of_the_header_that_has_one() -> None:
    headers = (("Content-Type", "multipart/form-data; boundary=zz"),)
    post_data = {"mimeType": "multipart/form-data", "params": [{"name": "a", "value": "1"}]}
    assert request_body(post_data, headers, []).startswith(b"--zz\r\n")


def test_a_request_body_that_had_a_length_and_is_missing_is_noted() -> None:
    notes: list[str] = []
    request_body({"mimeType": "x", "text": ""}, (("Content-Length", "12"),), notes)
    assert notes == ["request body not recorded"]
