from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.capture.detect import sniff_bytes


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b'{"log": {"version": "1.2", "entries": [', "har"),
        (b'\n { "log"', None),
        (b'{"log":5}', "har"),
        (b'{"comment": "x", "log": {"creator": {', "har"),
        (b'{"paths": {"log": {"type": "object"}}}', None),
        (b'{"http_interactions": [', "cassette"),
        (b'{"interactions": [], "version": 1}', "cassette"),
        (b"---\nhttp_interactions:\n- request:", "cassette"),
        (b"---\n  http_interactions:\n  - request:", "cassette"),
        (b"version: 1\ninteractions:\n- request:", "cassette"),
        (b"---\n:http_interactions:\n", "cassette"),
        (b"---\n- !ruby/struct:VCR::HTTPInteraction\n", "cassette"),
        (b"services:\n  interactions: none\n", None),
        (b"1234:7:version;2:20#", "flows"),
        (b"1234:8:response,", "flows"),
        (b"12:34:56 GET /index.html", None),
        (b"# Readme\n", None),
        (b"[]", None),
        (b'{"mappings": [{', "WireMock mappings"),
        (b'{"request": {"urlPath": "/a"}, "response": {}}', "WireMock mappings"),
        (b'{"mappings": {"properties": {}}}', None),
        (b'[{"jsonBody": 1}]', None),
        (b'[{"request": {"url": "https://a.test/"}, "response": {}}]', "cassette"),
        (b'[{"Request": {"Uri": "https://a.test/"}, "Response": {}}]', "cassette"),
        (b'[{"request": {"host": "a.test", "path": "/"}, "response": {}}]', None),
        (b"PK\x03\x04\x14\0", "zip file"),
        (b"", None),
        (b"\0" * 50, None),
    ],
)
def test_a_kind_is_told_by_content(head: bytes, kind: str | None) -> None:
    assert sniff_bytes(head) == kind


@given(st.binary())
def test_any_bytes_are_some_kind_or_none(head: bytes) -> None:
    assert sniff_bytes(head) in ("har", "cassette", "flows", None)
