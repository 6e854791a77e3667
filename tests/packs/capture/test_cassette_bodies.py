from __future__ import annotations

from typing import Any

import pytest

from smartsandbox.packs.capture.bodies import BAD_BASE64
from smartsandbox.packs.capture.cassette_bodies import UNKNOWN_SHAPE, message_body
from smartsandbox.packs.capture.yaml_events import DamagedBinary
from smartsandbox.packs.codings import PLAIN_ALREADY
from smartsandbox.packs.model import Headers

JSON: Headers = (("Content-Type", "application/json"),)


@pytest.mark.parametrize(
    ("recorded", "body"),
    [
        (None, b""),
        ("é", "é".encode()),
        (b"\xff", b"\xff"),
        ({"string": None}, b""),
        ({"string": "é", "encoding": "UTF-8"}, "é".encode()),
        ({"string": "é", "encoding": "ISO-8859-1"}, b"\xe9"),
        ({"string": "é", "encoding": "ASCII-8BIT"}, "é".encode()),
        ({"string": b"\xff", "encoding": "ASCII-8BIT"}, b"\xff"),
        ({"base64_string": "aGk=", "encoding": "ASCII-8BIT"}, b"hi"),
        ({":string": "x"}, b"x"),
        (["a", b"b"], b"ab"),
        ({"a": "1", "b": None}, b"a=1&b="),
    ],
)
def test_a_body_is_read_however_it_was_written_down(recorded: Any, body: bytes) -> None:
    notes: list[str] = []
    assert message_body(recorded, (), notes) == body
    assert notes == []


def test_a_json_object_kept_as_a_map_is_written_as_json() -> None:
    assert message_body({"a": "1"}, JSON, []) == b'{"a":"1"}'


@pytest.mark.parametrize("recorded", [[["x"]], {"a": ["x"]}, {"string": ["x"]}])
def test_a_shape_nobody_knows_is_left_out_with_a_note(recorded: Any) -> None:
    notes: list[str] = []
    assert message_body(recorded, (), notes) == b""
    assert notes == [UNKNOWN_SHAPE]


def test_damaged_binary_stays_as_it_stood() -> None:
    notes: list[str] = []
    assert message_body(DamagedBinary(b"A<B>"), (), notes) == b"A<B>"
    assert notes == [BAD_BASE64]


def test_a_plain_body_under_a_gzip_header_is_kept_and_noted() -> None:
    notes: list[str] = []
    assert message_body("{}", (("Content-Encoding", "gzip"),), notes) == b"{}"
    assert notes == [PLAIN_ALREADY]
