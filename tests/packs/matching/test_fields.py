"""A request as fields: the same values have the same fields, however they are written."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.matching.fields import MAX_FIELDS, Field, body_fields, encoded

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def fields(kind: str, body: bytes) -> list[bytes]:
    return encoded(body_fields(kind, body))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.50", "12.5"),
        ("1.25e1", "12.5"),
        ("125E-1", "12.5"),
        ("100", "100"),
        ("1e2", "100"),
        ("-0.0", "0"),
        ("0.001", "0.001"),
        ("-5", "-5"),
        ("1e999999", "1e999999"),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_a_number_has_one_spelling(text: str, value: str) -> None:
    assert body_fields(JSON, b"%s" % text.encode()) == [Field("body", (), f"n:{value}")]


def test_leaves_have_their_type_and_place() -> None:
    body = b'{"a": [1, "1", true, null, {}, []], "b": {"c": ""}}'

    assert sorted(body_fields(JSON, body), key=str) == [
        Field("body", ("a", 0), "n:1"),
        Field("body", ("a", 1), "s:1"),
        Field("body", ("a", 2), "b:true"),
        Field("body", ("a", 3), "z:"),
        Field("body", ("a", 4), "e:{}"),
        Field("body", ("a", 5), "e:[]"),
        Field("body", ("b", "c"), "s:"),
    ]


def part(name: str, content: str, kind: str = "", file: str = "") -> str:
    head = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
    return head + (f"\r\nContent-Type: {kind}" if kind else "") + f"\r\n\r\n{content}"


def multipart(boundary: str, *parts: str) -> tuple[str, bytes]:
    text = "".join(f"--{boundary}\r\n{item}\r\n" for item in parts) + f"--{boundary}--\r\n"
    return f'multipart/form-data; boundary="{boundary}"', text.encode()


def test_parts_of_a_multipart_body_are_fields_in_any_order_and_under_any_boundary() -> None:
    meta, file = part("meta", '{"a": 1.0}', "application/json"), part("doc", "text", "text/plain", "x.txt")
    one, other = multipart("one", meta, file), multipart("other", file, meta.replace("1.0", "1"))

    assert fields(*one) == fields(*other)
    assert set(body_fields(*one)) == {
        Field("body", ("meta", "a"), "n:1"),
        Field("body", ("doc",), "s:text"),
        Field("body", ("doc", "filename"), "s:x.txt"),
    }
    assert fields(*one) != fields(*multipart("one", meta, file.replace("text\n", "x").replace("x.txt", "y.txt")))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, b"{broken"),
        ("text/plain", b"hello"),
        (JSON, b"[" * 5000),
        ("multipart/form-data", b"--x"),
        ("", b"\xff\xfe"),
    ],
)
def test_what_does_not_parse_is_one_field(kind: str, body: bytes) -> None:
    assert len(body_fields(kind, body)) == 1
    assert fields(kind, body) != fields(kind, body + b"x")


def test_a_body_with_too_many_leaves_is_one_field_that_differs_with_any_of_them() -> None:
    long = [*range(MAX_FIELDS + 1)]
    assert len(body_fields(JSON, json.dumps(long).encode())) == 1
    assert fields(JSON, json.dumps(long).encode()) != fields(JSON, json.dumps([*long[:-1], 0]).encode())


scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text(max_size=6)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=4), trees, max_size=4), st.randoms())
def test_the_order_of_keys_does_not_matter(tree: dict[str, object], random: object) -> None:
    items = list(tree.items())
    random.shuffle(items)  # type: ignore[attr-defined]

    assert fields(JSON, json.dumps(tree).encode()) == fields(JSON, json.dumps(dict(items), indent=2).encode())


@given(trees, trees)
def test_other_values_have_other_fields(one: object, other: object) -> None:
    same = fields(JSON, json.dumps(one).encode()) == fields(JSON, json.dumps(other).encode())

    assert same == (typed(one) == typed(other))


def typed(tree: object) -> object:
    """JSON's equality: booleans are not numbers, and 1 is 1.0."""
    if isinstance(tree, dict):
        return {key: typed(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [typed(value) for value in tree]
    return (isinstance(tree, bool), tree)


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), min_size=1, max_size=6), st.randoms())
def test_the_order_of_a_forms_pairs_does_not_matter(pairs: list[tuple[str, str]], random: object) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fields(FORM, urlencode(pairs).encode()) == fields(FORM, urlencode(shuffled).encode())
