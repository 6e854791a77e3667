from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.capture.bodies import (
    BAD_BASE64,
    FILE_MISSING,
    NO_BOUNDARY,
    base64_bytes,
    charset_of,
    form_bytes,
    multipart_bytes,
    text_bytes,
)


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html; charset=ISO-8859-1", "ISO-8859-1"),
        ('text/html;charset="utf-8"', "utf-8"),
        ("text/html", "utf-8"),
        (None, "utf-8"),
    ],
)
def test_the_charset_is_the_one_the_media_type_names(content_type: str | None, charset: str) -> None:
    assert charset_of(content_type) == charset


@pytest.mark.parametrize(
    ("text", "charset", "data"),
    [
        ("é", "iso-8859-1", b"\xe9"),
        ("é", "utf-8", b"\xc3\xa9"),
        ("€", "iso-8859-1", b"\xe2\x82\xac"),
        ("é", "no-such-charset", b"\xc3\xa9"),
        ("\udcff\udcfe", "utf-8", b"\xff\xfe"),
        ("\ud83d", "utf-8", b"\xef\xbf\xbd"),
    ],
)
def test_text_gives_the_bytes_of_its_charset_or_utf8(text: str, charset: str, data: bytes) -> None:
    assert text_bytes(text, charset) == data


@pytest.mark.parametrize("text", ["aGk_", "aGk/", "aG k/\n", "aGk"])
def test_base64_is_read_padded_or_not_and_url_safe(text: str) -> None:
    notes: list[str] = []
    assert base64_bytes(text, notes)[:2] == b"hi"
    assert notes == []


def test_text_that_is_not_base64_stays_and_is_noted() -> None:
    notes: list[str] = []
    assert base64_bytes("<ID>=!", notes) == b"<ID>=!"
    assert notes == [BAD_BASE64]


def test_pieces_in_a_list_are_joined_whether_hexadecimal_or_base64() -> None:
    assert base64_bytes('["6869", "20"]', []) == b"hi "
    assert base64_bytes('["aGk=", "ISE="]', []) == b"hi!!"


@given(st.binary())
def test_base64_gives_back_what_was_packed(data: bytes) -> None:
    assert base64_bytes(base64.b64encode(data).decode(), []) == data


def test_a_form_is_urlencoded() -> None:
    assert form_bytes([("a b", "é"), ("c", "1&2")]) == b"a+b=%C3%A9&c=1%262"


def test_a_multipart_body_uses_the_recorded_boundary() -> None:
    notes: list[str] = []
    parts = [{"name": "a", "value": "1"}, {"name": "f", "fileName": "x.txt", "contentType": "text/plain"}]
    assert multipart_bytes(parts, "multipart/form-data; boundary=zz", notes) == (
        b'--zz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        b'--zz\r\nContent-Disposition: form-data; name="f"; filename="x.txt"\r\nContent-Type: text/plain\r\n\r\n\r\n'
        b"--zz--\r\n"
    )
    assert notes == [FILE_MISSING]


def test_a_boundary_is_made_up_where_none_was_recorded() -> None:
    notes: list[str] = []
    assert multipart_bytes([], "multipart/form-data", notes) == b"--smartsandbox-part--\r\n"
    assert notes == [NO_BOUNDARY]
