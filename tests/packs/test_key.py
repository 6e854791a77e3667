"""The canonical match key: what is the same request, and what is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.key import KEY_BYTES, canonical_path, credential_of, match_key
from smartsandbox.packs.matching_rules import Matching

FORM = "application/x-www-form-urlencoded"


def key(
    method: str = "GET",
    path: str = "/a",
    query: str = "",
    kind: str = "",
    body: bytes = b"",
    drop: tuple[str, ...] = (),
) -> bytes:
    return match_key(method, path, query, kind, body, Matching(frozenset(drop)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"method": "get"}, {"method": "GET"}),
        ({"query": "a=1&b=2"}, {"query": "b=2&a=1"}),
        ({"query": "q=a%20b"}, {"query": "q=a+b"}),
        ({"path": "/%7Eann"}, {"path": "/~ann"}),
        ({"path": "/a%2fb"}, {"path": "/a%2Fb"}),
        ({"path": "/caf\u00e9 au lait"}, {"path": "/caf%C3%A9%20au%20lait"}),
        (
            {"kind": "application/json", "body": b'{"a":1,"b":[2]}'},
            {"kind": "application/json", "body": b'{"b": [2], "a": 1}'},
        ),
        (
            {"kind": "application/json; charset=utf-8", "body": b"{}"},
            {"kind": "application/problem+json", "body": b"{ }"},
        ),
        ({"kind": FORM, "body": b"a=1&b=x%20y"}, {"kind": FORM, "body": b"b=x+y&a=1"}),
        (
            {"kind": "multipart/form-data; boundary=one", "body": b"--one\r\n\r\nx\r\n--one--"},
            {"kind": 'multipart/form-data; boundary="two2"', "body": b"--two2\r\n\r\nx\r\n--two2--"},
        ),
        ({"query": "a=1&t=9", "drop": ("t",)}, {"query": "a=1&t=10", "drop": ("t",)}),
    ],
)
def test_requests_that_mean_the_same_share_a_key(one: dict[str, object], other: dict[str, object]) -> None:
    assert key(**one) == key(**other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"method": "GET"}, {"method": "HEAD"}),
        ({"path": "/a"}, {"path": "/a/"}),
        ({"path": "/a%2Fb"}, {"path": "/a/b"}),
        ({"query": "a=1"}, {"query": "a=1&a=1"}),
        ({"query": "a="}, {"query": ""}),
        ({"kind": "application/json", "body": b'{"a":1}'}, {"kind": "application/json", "body": b'{"a":"1"}'}),
        (
            {"kind": "application/json", "body": b'{"id":18446744073709551617}'},
            {"kind": "application/json", "body": b'{"id":18446744073709551618}'},
        ),
        (
            {"kind": "application/json", "body": b'{"id":9007199254740993}'},
            {"kind": "application/json", "body": b'{"id":9007199254740992}'},
        ),
        ({"kind": "text/plain", "body": b"a"}, {"kind": "text/plain", "body": b"a "}),
        ({"path": "/ab", "query": "c=1"}, {"path": "/a", "query": "bc=1"}),
    ],
)
def test_requests_that_differ_have_different_keys(one: dict[str, object], other: dict[str, object]) -> None:
    assert key(**one) != key(**other)  # type: ignore[arg-type]


def test_a_wide_number_in_json_still_ignores_key_order_and_space() -> None:
    kind = "application/json"

    assert key(kind=kind, body=b'{"id":18446744073709551617,"a":1}') == key(
        kind=kind, body=b'{ "a": 1, "id": 18446744073709551617 }'
    )


@given(st.text(), st.text(), st.sampled_from(["", "application/json", FORM, "multipart/form-data"]), st.binary())
def test_any_input_has_a_key(path: str, query: str, kind: str, body: bytes) -> None:
    assert len(key(path=path, query=query, kind=kind, body=body)) == KEY_BYTES


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_a_json_body_has_the_same_key_however_it_is_written(value: object) -> None:
    spaced = json.dumps({"v": value}, indent=3).encode()
    compact = json.dumps({"v": value}, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()

    assert key(kind="application/json", body=spaced) == key(kind="application/json", body=compact)


def test_json_nested_ten_thousand_deep_stands_for_itself() -> None:
    body = b"[" * 10_000 + b"]" * 10_000

    assert key(kind="application/json", body=body) == key(kind="text/plain", body=body)


@given(st.text(min_size=1))
def test_normalising_a_path_twice_changes_nothing(path: str) -> None:
    once = canonical_path(path)

    assert canonical_path(once.decode("utf-8", "surrogateescape")) == once


def test_a_credential_is_the_token_before_the_cookie_and_is_not_shown() -> None:
    headers = (("Cookie", "sid=1"), ("authorization", "Bearer secret"))

    assert credential_of(headers) == credential_of((("Authorization", "Bearer secret"),))
    assert credential_of(headers) != credential_of((("Cookie", "sid=1"),))
    assert "secret" not in (credential_of(headers) or "")
    assert credential_of(()) is None
