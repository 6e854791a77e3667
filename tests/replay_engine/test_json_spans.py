"""Every value of a JSON text is found at its place, and replaced without touching the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.pointer import escaped
from smartsandbox.replay_engine.json_spans import spans, spliced

TEXT = b' {"a": [1, {"b\\"~/": "x,]"}], "c":{}, "d": null, "e":"" ,"f":[[],[2]]}\n'

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_the_places_of_a_small_text() -> None:
    found = {pointer: TEXT[start:end] for pointer, (start, end) in spans(TEXT).items()}
    assert found == {
        "": TEXT.strip(),
        "/a": b'[1, {"b\\"~/": "x,]"}]',
        "/a/0": b"1",
        "/a/1": b'{"b\\"~/": "x,]"}',
        '/a/1/b"~0~1': b'"x,]"',
        "/c": b"{}",
        "/d": b"null",
        "/e": b'""',
        "/f": b"[[],[2]]",
        "/f/0": b"[]",
        "/f/1": b"[2]",
        "/f/1/0": b"2",
    }


def pointers(value: Any, at: str = "") -> dict[str, Any]:
    found = {at: value}
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in inner:
        found |= pointers(child, f"{at}/{escaped(str(name))}")
    return found


@given(VALUES.filter(lambda value: isinstance(value, dict | list)), st.sampled_from([None, 1, 4]), st.booleans())
def test_any_value_stands_where_it_is_said_to(value: Any, indent: int | None, ascii_only: bool) -> None:
    try:
        text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    except UnicodeEncodeError:
        return
    found = spans(text)
    if found:
        assert {at: json.loads(text[start:end]) for at, (start, end) in found.items()} == pointers(value)
    else:
        assert b"\\ud" in text  # a lone surrogate, which is no JSON text


@pytest.mark.parametrize("text", [b"", b"[", b"{]", b'"text"', b"12", b"<xml>", b'{"a":1}}', b"[1 2]"])
def test_what_is_no_object_or_array_has_no_places(text: bytes) -> None:
    assert spans(text) == {}


def test_an_outer_place_counts_before_those_in_it() -> None:
    places = spans(b'{"a":[1,2],"b":3}')
    changes = {places["/a/1"]: b"9", places["/b"]: b"4"}
    assert spliced(b'{"a":[1,2],"b":3}', changes) == b'{"a":[1,9],"b":4}'
    assert spliced(b'{"a":[1,2],"b":3}', changes | {places["/a"]: b"{}"}) == b'{"a":{},"b":4}'
