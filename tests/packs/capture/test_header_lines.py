from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.capture.header_lines import clean_text, header_lines, is_token, one_line, pseudo_headers


def lines(*pairs: tuple[Any, Any]) -> tuple[tuple[str, str], ...]:
    return header_lines(pairs, [])


def test_order_case_and_repeats_are_kept() -> None:
    assert lines(("X-B", "1"), ("x-a", "2"), ("X-B", "3")) == (("X-B", "1"), ("x-a", "2"), ("X-B", "3"))


def test_a_value_with_line_breaks_becomes_one_line_each() -> None:
    assert lines(("set-cookie", "a=1\nb=2\r\nc=3")) == (
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("set-cookie", "c=3"),
    )


def test_pseudo_headers_are_left_out_and_can_be_asked_for() -> None:
    pairs = [(":authority", "api.test"), (":Method", "GET"), ("accept", "*/*")]
    assert header_lines(pairs, []) == (("accept", "*/*"),)
    assert pseudo_headers(pairs) == {":authority": "api.test", ":method": "GET"}


@pytest.mark.parametrize("name", ["", "GET /x HTTP/1.1", "a<b>", "naïve", None, 5])
def test_a_name_that_is_no_token_is_left_out_with_a_note(name: Any) -> None:
    notes: list[str] = []
    assert header_lines([(name, "x")], notes) == ()
    assert notes == ["header line left out: its name is not a token"]


def test_numbers_are_written_out_and_containers_are_left_out() -> None:
    notes: list[str] = []
    assert header_lines([("a", 7), ("b", ["x"]), ("c", None), ("d", True)], notes) == (("a", "7"),)
    assert len(notes) == 3


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "café"),
        ("caf\udce9", "café"),
        ("\ud83d\ude00", "😀"),
        ("lone \ud83d", "lone \ufffd"),
    ],
)
def test_text_is_utf8_or_latin1_and_never_a_surrogate(raw: str | bytes, text: str) -> None:
    assert clean_text(raw) == text


def test_a_reason_phrase_cannot_break_its_line() -> None:
    assert one_line("Not\r\nFound\x00 \ud83d") == "Not Found \ufffd"


@given(st.one_of(st.binary(), st.text(), st.text(st.characters(categories=["Cs"]))))
def test_clean_text_can_always_be_encoded(raw: str | bytes) -> None:
    clean_text(raw).encode("utf-8")


@given(st.lists(st.tuples(st.one_of(st.none(), st.text(), st.binary()), st.one_of(st.none(), st.text(), st.floats()))))
def test_lines_hold_tokens_and_no_line_breaks_whatever_comes_in(pairs: list[tuple[Any, Any]]) -> None:
    for name, value in header_lines(pairs, []):
        assert is_token(name)
        assert "\n" not in value
        assert "\r" not in value
        value.encode("utf-8")
