"""Rules as people write them, and what they are told when they write something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.matching.rules_file import read_rules, require_endpoints
from smartsandbox.packs.matching_rules import Decider, Matching, Rule

RULES = """
volatile_query: [ts]
headers: [X-Tenant]
ids: any
match:
  "POST /v1/payments":
    body: {/amount: value, "/a~1b/*": type}
    headers: [X-Kind]
  "GET /v1/search":
    ignore: {query: [nonce]}
"""


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "rules.yaml").write_text(text)
    return tmp_path / "rules.yaml"


def test_rules_are_read_and_come_back_from_a_manifest(tmp_path: Path) -> None:
    matching = read_rules(written(tmp_path, RULES))

    assert matching.volatile_query == {"ts"}
    assert (matching.headers, matching.ids) == (("x-tenant",), "any")
    assert matching.rule("POST /v1/payments") == Rule(
        (Decider("headers", ("x-kind",)), Decider("body", ("amount",)), Decider("body", ("a/b", "*"), "type"))
    )
    assert matching.rule("GET /v1/search") == Rule(None, (("query", ("nonce",)),))
    assert matching.rule("GET /v1/other") is None
    assert Matching.from_json(matching.to_json()) == matching
    assert matching.all_headers() == {"x-tenant", "x-kind"}


def test_a_rule_by_which_nothing_decides_comes_back(tmp_path: Path) -> None:
    matching = read_rules(written(tmp_path, 'match: {"GET /a": {body: []}}'))

    assert matching.rule("GET /a") == Rule(())
    assert Matching.from_json(matching.to_json()) == matching


def test_matching_without_rules_is_written_as_it_always_was() -> None:
    assert Matching(frozenset("t")).to_json() == {"volatile_query": ["t"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 2: not YAML"),
        ("[]", "the file must map names to values"),
        ("rules: {}", "the file has 'rules'; it may have volatile_query, headers, ids, match"),
        ("headers: x", "headers must be a list of texts"),
        ("ids: some", "ids must be known or any"),
        ("match: []", "match must map endpoints to rules"),
        ("match: {GET /a: [x]}", "GET /a must map names to values"),
        ("match: {GET /a: {boddy: [x]}}", "GET /a has 'boddy'; it may have path, query, headers, body, ignore"),
        ("match: {GET /a: {body: {/x: near}}}", "GET /a: body: 'near' is no comparison; there are value, type"),
        ("match: {GET /a: {body: [x], ignore: {}}}", "GET /a: name the fields that decide, or those to ignore"),
        ("match: {GET /a: {ignore: {body: x}}}", "GET /a: ignore body must be a list of texts"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_rules(written(tmp_path, text + "\n"))

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_rule_for_no_endpoint_of_the_pack_names_the_nearest(tmp_path: Path) -> None:
    matching = Matching.from_json({"match": {"POST /v1/payment": {"body": []}, "*": {"body": []}}})

    with pytest.raises(UsageError, match="no endpoint 'POST /v1/payment'; the nearest is 'POST /v1/payments'"):
        require_endpoints(matching, ["GET /v1/payments", "POST /v1/payments"], tmp_path)
