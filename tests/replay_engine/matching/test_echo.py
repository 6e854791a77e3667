"""What an echo changes in an answer, and that it changes nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.matching.echo import Echo

IDS = {"acct_00001": "acct_77777", "7": "91"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"id":"acct_00001"}', b'{"id":"acct_77777"}'),
        (b'{ "of" : ["acct_00001", "acct_000012"] }', b'{ "of" : ["acct_77777", "acct_000012"] }'),
        (b'{"self":"/v1/acct_00001/x"}', b'{"self":"/v1/acct_77777/x"}'),
        (b'{"acct_00001":1}', b'{"acct_77777":1}'),
        (b'{"item_id":7,"count":7}', b'{"item_id":91,"count":7}'),
        (b'{"item_id":"7","text":"7"}', b'{"item_id":"91","text":"7"}'),
        (b'{"ids":[7,8]}', b'{"ids":[91,8]}'),
        (b'{"a":1.50,"b":1e3}', b'{"a":1.50,"b":1e3}'),
        (b"<a>acct_00001</a>", b"<a>acct_77777</a>"),
        (b"\xff\xfe", b"\xff\xfe"),
    ],
)
def test_ids_are_told_as_asked_wherever_they_are_ids(body: bytes, told: bytes) -> None:
    assert Echo(IDS).body(body) == told


def test_a_value_is_repeated_under_the_name_it_was_asked_with_only() -> None:
    echo = Echo(repeats={("amount", "n:5"): "n:9", ("note", "s:a"): 's:"b"'})

    assert echo.body(b'{"amount":5.0,"fee":5,"note":"a","other":"a"}') == (
        b'{"amount":9,"fee":5,"note":"\\"b\\"","other":"a"}'
    )


def test_keys_are_renamed() -> None:
    assert Echo(names={"a": "b"}).body(b'{"data":{"a":{"c":"a"}}}') == b'{"data":{"b":{"c":"a"}}}'


def test_a_header_line_cannot_be_ended_by_an_id() -> None:
    told = Echo({"acct_00001": "x\r\nSet-Cookie: a=b"}).header(b"Location: /v1/acct_00001")

    assert told == b"Location: /v1/x%0D%0ASet-Cookie:%20a=b"


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(trees, max_size=3), st.booleans())
def test_what_repeats_nothing_stays_byte_for_byte(tree: list[object], ascii_only: bool) -> None:
    body = json.dumps(tree, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    assert Echo({"acct_00001": "acct_77777"}).body(body) == body
