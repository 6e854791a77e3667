"""What is told of two answers, place by place."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.drive.judging.compare import Heard, Terms
from smartsandbox.replay_engine.drive.judging.rules import Keep, Rule, Rules

E = "GET /x"


def heard(body: Any = None, status: int = 200, **headers: str) -> Heard:
    raw = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    return Heard(status, [(name.replace("_", "-"), value) for name, value in headers.items()], raw)


def found(one: Heard, other: Heard, **terms: Any) -> set[str]:
    return {f"{finding.kind} {finding.place}" for finding in Terms(E, **terms).compare(one, other)}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"a": 1}, {"a": 1}, set()),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1.0}, set()),
        ({"a": 1}, {"a": 2}, {"value /a"}),
        ({"a": 1}, {"a": "1"}, {"type /a"}),
        ({"a": True}, {"a": 1}, {"type /a"}),
        ({"a": None}, {"a": {}}, {"type /a"}),
        ({"a": 1}, {"b": 1}, {"missing /a", "added /b"}),
        ({"a/b": [{"c": 1}]}, {"a/b": [{"c": 2}]}, {"value /a~1b/*/c"}),
        ({"a": [1, 2]}, {"a": [1]}, {"length /a"}),
        ({"a": [1, 2, 3]}, {"a": [3, 1, 2]}, {"order /a"}),
        ({"a": [1, 2, 3]}, {"a": [3, 1, 9]}, {"value /a/*"}),
        ([1], {"a": 1}, {"type "}),
        (b"word", b"other", {"value "}),
        (b"word", {"a": 1}, {"value "}),
    ],
)
def test_bodies(one: Any, other: Any, expected: set[str]) -> None:
    assert found(heard(one), heard(other)) == expected


def test_status_headers_and_cookies() -> None:
    one = heard(status=200, x_a="1", x_b="2", set_cookie="s=1; Path=/; HttpOnly; Expires=Tue")
    other = heard(status=404, x_a="1", x_c="3", set_cookie="s=2; HttpOnly; Path=/; expires=Wed")

    assert found(one, other) == {"status status", "missing header:x-b", "added header:x-c", "value cookie:s"}
    assert found(heard(set_cookie="s=1; HttpOnly"), heard(set_cookie="s=1")) == {"value header:set-cookie"}


def test_a_validator_has_to_be_there_and_no_more() -> None:
    assert found(heard(etag='"1"'), heard(etag='"2"')) == set()
    assert found(heard(etag='"1"'), heard()) == {"missing header:etag"}


def test_values_are_compared_by_the_names_of_each_side() -> None:
    names = {"ord_1": "ord_9", "17": "99"}
    one = {"id": "ord_1", "n": 17, "self": "/o/ord_1", "text": "x17 ord_12"}

    assert (
        found(heard(one), heard({"id": "ord_9", "n": 99, "self": "/o/ord_9", "text": "x17 ord_12"}), names=names)
        == set()
    )
    assert found(
        heard(one), heard({"id": "ord_8", "n": 98, "self": "/o/ord_8", "text": "x99 ord_92"}), names=names
    ) == {
        "value /id",
        "value /n",
        "value /self",
        "value /text",
    }


def test_a_place_that_issues_values_is_compared_by_type() -> None:
    issued = frozenset([(E, "/id"), (E, "url:query/after:/next"), (E, "url:path/-1:header:location")])
    one = heard({"id": "a1", "next": "/l?after=c1&n=2"}, location="https://api.example.com/o/1")
    other = heard({"id": "b2", "next": "/l?after=c2&n=2"}, location="http://127.0.0.1:1/o/2")
    origins = {"https://api.example.com": "http://127.0.0.1:1"}

    assert found(one, other, issued=issued, origins=origins) == set()
    assert found(one, other, issued=issued) == set()
    assert found(one, heard({"id": 5, "next": "/l?after=c2&n=3"}, location="/x/1"), issued=issued) == {
        "type /id",
        "value /next",
        "value header:location",
    }


@pytest.mark.parametrize(
    ("rule", "one", "alike", "not_alike"),
    [
        (Rule(E, "/v", Keep.IGNORE), {"v": 1}, [{"v": "x"}, {}, {"v": None}], []),
        (Rule(E, "/v", Keep.TYPE), {"v": 1}, [{"v": 2}], [{"v": "2"}, {}]),
        (Rule(E, "/v", Keep.TYPE), {"v": [1]}, [{"v": []}, {"v": ["x", "y"]}], [{"v": {}}]),
        (Rule(E, "/v", Keep.WITHIN, tolerance=0.1), {"v": 10}, [{"v": 9}, {"v": 11.1}], [{"v": 8.9}, {"v": "10"}]),
        (Rule(E, "/v", Keep.REGEX, pattern=r"a\d+"), {"v": "a1"}, [{"v": "a22"}], [{"v": "b2"}, {"v": 2}]),
        (Rule(E, "/v", Keep.UNORDERED), {"v": [1, 2]}, [{"v": [2, 1]}], [{"v": [2, 2]}, {"v": [1, 2, 2]}]),
        (Rule("*", "/v", Keep.IGNORE), {"v": 1}, [{"v": 2}], [{"v": 1, "w": 2}]),
    ],
)
def test_rules(rule: Rule, one: Any, alike: list[Any], not_alike: list[Any]) -> None:
    rules = Rules.of([rule])

    assert [found(heard(one), heard(other), rules=rules) for other in alike] == [set()] * len(alike)
    assert all(found(heard(one), heard(other), rules=rules) for other in not_alike)


def test_an_unordered_list_s_elements_are_matched_by_what_lasts() -> None:
    rules = Rules.of([Rule(E, "/l", Keep.UNORDERED), Rule(E, "/l/*/t", Keep.TYPE)])
    one, other = {"l": [{"k": 1, "t": 5}, {"k": 2, "t": 6}]}, {"l": [{"k": 2, "t": 7}, {"k": 1, "t": 9}]}

    assert found(heard(one), heard(other), rules=rules) == set()
    assert found(heard(one), heard({"l": [{"k": 2, "t": 7}, {"k": 3, "t": 9}]}), rules=rules)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)
BODIES = st.dictionaries(st.text(max_size=2), JSON, max_size=3)


@given(BODIES, BODIES)
def test_nothing_differs_exactly_where_the_values_are_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)

    assert (found(heard(one), heard(other)) == set()) is same


@given(BODIES, BODIES)
def test_what_was_learnt_from_a_pair_holds_for_it(one: dict[str, Any], other: dict[str, Any]) -> None:
    from smartsandbox.replay_engine.drive.judging.learn import Learner

    learner = Learner()
    learner.took(E, Terms(E).compare(heard(one), heard(other)))

    assert found(heard(one), heard(other), rules=learner.rules()) == set()
