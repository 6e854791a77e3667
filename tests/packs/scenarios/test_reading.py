"""Scenarios as data: what a file means, and the one line for what is wrong with it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.scenarios.checks import unrecorded
from smartsandbox.packs.scenarios.model import Condition, Place, Reply, Rule
from smartsandbox.packs.scenarios.reading import parse_scenarios
from smartsandbox.packs.scenarios.yaml_file import read_scenarios

FILE = """
declined:
  about: text
  entity: [path id, body /order/id]
  rules:
    - on: POST /pay/{id}
      when: {body /amount: [4242, 43.50], query country: NO, body /live: false}
      from: start
      to: refused
      answer: {status: 402}
    - on: "*"
      when: {body /a~1b: {above: 10, below: 1e3}}
      answer: {status: 422, body: {code: 7}, headers: {Retry-After: 5}}
"""


def test_a_file_is_read_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(FILE)
    scenario = parse_scenarios(read_scenarios(file))["declined"]

    assert scenario.entity == (Place("path", ("id",)), Place("body", ("order", "id")))
    amount, live = Place("body", ("amount",)), Place("body", ("live",))
    country = Condition(Place("query", ("country",)), ("NO",))
    assert scenario.rules == (
        Rule(
            "POST /pay/{id}",
            (Condition(amount, ("4242", "43.5")), country, Condition(live, ("false",))),
            "start",
            "refused",
            Reply(status=402),
        ),
        Rule(
            "*",
            (Condition(Place("body", ("a/b",)), None, Decimal(10), Decimal("1000.0")),),
            None,
            None,
            Reply(None, 422, b'{"code":7}', (("Retry-After", "5"),)),
        ),
    )


@pytest.mark.parametrize(
    ("test", "held", "not_held"),
    [
        (Condition(Place("query", ("a",)), ("4242",)), ["4242", "4242.0", "4.242e3"], ["4243", "x", "", None]),
        (Condition(Place("query", ("a",)), ("EUR", "CHF")), ["EUR", "CHF"], ["eur", "NaN", None]),
        (
            Condition(Place("query", ("a",)), None, Decimal(10), None),
            ["11", "10.01"],
            ["10", "NaN", "Infinity", "x", None],
        ),
        (Condition(Place("query", ("a",)), None, Decimal(1), Decimal(2)), ["1.5"], ["1", "2"]),
    ],
)
def test_values_are_compared_by_hand(test: Condition, held: list[str], not_held: list[str | None]) -> None:
    assert [test.holds(value) for value in held] == [True] * len(held)
    assert [test.holds(value) for value in not_held] == [False] * len(not_held)


def rule(**fields: Any) -> dict[str, Any]:
    return {"s": {"rules": [{"on": "GET /a", "answer": {"status": 404}, **fields}]}}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "scenarios: must map names to scenarios"),
        ({"a b": {}}, "scenarios: 'a b' is no name"),
        ({"s": {"rules": []}}, "scenarios: s: rules must be a list of at least one rule"),
        ({"s": {"rule": []}}, "scenarios: s has 'rule'; it may have about, entity, rules"),
        ({"s": {"entity": "id", "rules": [{}]}}, "scenarios: s: 'id' is no place such as 'body /amount'"),
        (rule(on="a"), "scenarios: s rule 1: on must be an endpoint such as"),
        (rule(on="*"), "scenarios: s rule 1 answer: a status of any endpoint needs a body"),
        ({"s": {"rules": [{"on": "GET /a"}]}}, "scenarios: s rule 1: needs an answer, a state to go to, or both"),
        (rule(when={"body amount": 1}), "scenarios: s rule 1: 'body amount' is no place"),
        (rule(when={"query a": {"above": "x"}}), "scenarios: s rule 1: query a has a bound that is no number"),
        (rule(when={"query a": {}}), "scenarios: s rule 1: query a has a bound that is no number"),
        (rule(when={"query a": [[1]]}), "scenarios: s rule 1: query a has a value that is no text, number"),
        (rule(answer={}), "scenarios: s rule 1 answer: needs a status, with or without a body, or the id"),
        (rule(answer={"status": 99}), "scenarios: s rule 1 answer: status must be from 200 to 599"),
        (
            rule(answer={"status": 200, "headers": {"A b": "1"}}),
            "scenarios: s rule 1 answer: headers has a name that cannot be sent",
        ),
        (
            rule(answer={"status": 200, "headers": {"A": "1\r\nB: 2"}}),
            "scenarios: s rule 1 answer: headers has a value that cannot be sent",
        ),
        (rule(**{"from": "lost"}), "scenarios: s rule 1: no rule leads to the state 'lost'"),
        (
            {"s": {"rules": [*rule()["s"]["rules"], *rule(when={"query a": 1})["s"]["rules"]]}},
            "scenarios: s rule 2 can never apply: rule 1 takes every such request",
        ),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_place(value: Any, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_scenarios(value)

    assert str(caught.value).startswith(said)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["s", "rules", "on", "when", "answer", "status", "to", "body"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_value_is_read_or_refused(value: Any) -> None:
    try:
        parsed = parse_scenarios(value)
    except UsageError:
        return
    assert parsed.keys() == value.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", r"line 2: not YAML \(a key stands twice\)"),
        ("a: [", "line 1: not YAML"),
        ("? [x]\n: 1\n", "is no name|not YAML"),
        ("!!python/object:os.system {}", "not YAML"),
        ("\x00", "not YAML"),
    ],
)
def test_a_file_that_is_not_plain_yaml_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_scenarios(file)


def test_replies_must_be_in_the_pack() -> None:
    known = parse_scenarios(rule())
    unrecorded(known, {("GET /a", 404)}, set())
    with pytest.raises(UsageError, match=r"no answer of GET /a has status 404 \(it has 200, 500\): give a body"):
        unrecorded(known, {("GET /a", 500), ("GET /a", 200)}, set())
    with pytest.raises(UsageError, match="the pack has no such endpoint"):
        unrecorded(known, set(), set())
    with pytest.raises(UsageError, match="no exchange of the pack has the id 'e'"):
        unrecorded(parse_scenarios(rule(answer={"exchange": "e"})), set(), {"f"})
