"""The keys of the tiers: which requests share one, by tables worked out by hand and by properties."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.matching.asked import Asked
from smartsandbox.packs.matching.named import field_keys
from smartsandbox.packs.matching.template import template_keys
from smartsandbox.packs.matching.view import View, view_of
from smartsandbox.packs.matching_rules import EXACT, Matching

ENDPOINTS = EndpointTable.of(
    [
        "GET /v1/accounts/{account_id}",
        "POST /v1/accounts/{account_id}/cards/{card_id}",
        "POST /v1/payments",
        "GET /v1/search",
        "POST /graphql",
    ]
)
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def rules(**value: Any) -> Matching:
    return Matching.from_json(value)


def viewed(asked: Asked, matching: Matching = EXACT) -> View:
    view = view_of(asked, ENDPOINTS, matching)
    assert view is not None
    return view


def get(target: str, **headers: str) -> Asked:
    path, _, query = target.partition("?")
    return Asked("GET", path, query, headers=tuple(sorted(headers.items())))


def post(path: str, tree: Any, kind: str = JSON, **headers: str) -> Asked:
    body = tree.encode() if isinstance(tree, str) else json.dumps(tree).encode()
    return Asked("POST", path, "", kind, body, tuple(sorted(headers.items())))


def by_template(one: Asked, other: Asked, matching: Matching = EXACT) -> bool:
    """True if `one` finds an exchange that asked `other`."""
    return bool(
        {*template_keys(viewed(one, matching), "", matching)} & {*template_keys(viewed(other, matching), "", matching)}
    )


def by_fields(one: Asked, other: Asked, matching: Matching = EXACT) -> bool:
    return bool(
        {*field_keys(viewed(one, matching), "", matching)} & {*field_keys(viewed(other, matching), "", matching)}
    )


CARDS = "/v1/accounts/acct_demo0001/cards/card_demo01"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (get("/v1/accounts/acct_demo0001"), get("/v1/accounts/acct_demo0002"), True),
        (get("/v1/accounts/acct_demo0001?a=1&b=2"), get("/v1/accounts/acct_demo0002?b=2&a=1"), True),
        (get("/v1/accounts/acct_demo0001?a=1"), get("/v1/accounts/acct_demo0002?a=2"), False),
        (get("/v1/search?q=x"), get("/v1/search?q=x"), False),  # no id in the path: nothing to bind
        (post(CARDS, {"n": 1.0}), post(CARDS.replace("01/c", "77/c"), {"n": 1}), True),
        (post(CARDS, {"n": 1}), post(CARDS, {"n": 2}), False),
        (  # the path's id comes back in the body
            post(CARDS, {"account_id": "acct_demo0001"}),
            post(CARDS.replace("acct_demo0001", "acct_demo0009"), {"account_id": "acct_demo0009"}),
            True,
        ),
        (
            post(CARDS, {"account_id": "acct_demo0001"}),
            post(CARDS.replace("acct_demo0001", "acct_demo0009"), {"account_id": "acct_demo0001"}),
            False,
        ),
        (  # a short number counts as an id under a name for ids only
            post("/v1/accounts/1/cards/2", {"amount": 1}),
            post("/v1/accounts/5/cards/6", {"amount": 5}),
            False,
        ),
        (post("/v1/accounts/1/cards/2", {"id": 1}), post("/v1/accounts/5/cards/6", {"id": 5}), True),
    ],
)
def test_the_template_tier_binds_ids_of_the_path(one: Asked, other: Asked, same: bool) -> None:
    assert by_template(one, other) is same


def test_an_exchange_with_the_same_first_ids_is_nearer() -> None:
    mine, same_account = post(CARDS, {}), post(CARDS.replace("card_demo01", "card_demo99"), {})
    first = template_keys(viewed(mine), "", EXACT)[0]

    assert first == template_keys(viewed(same_account), "", EXACT)[0]
    assert first not in template_keys(viewed(post(CARDS.replace("acct_demo0001", "acct_demo0002"), {})), "", EXACT)


PAY = {"amount": 5, "currency": "EUR", "note": "a", "at": "2026-01-05T10:00:00Z", "lines": [{"sku": "x", "n": 1}]}
AMOUNTS = rules(match={"POST /v1/payments": {"body": ["/amount", "/currency"]}})


def pay(**changes: Any) -> Asked:
    return post("/v1/payments", {**PAY, **changes})


@pytest.mark.parametrize(
    ("rule", "asked", "same"),
    [
        ({"body": ["/amount", "/currency"]}, pay(note="b", amount=5.0), True),
        ({"body": ["/amount", "/currency"]}, pay(amount=6), False),
        ({"body": ["amount"]}, pay(currency="USD"), True),
        ({"body": ["/lines/*/sku"]}, pay(lines=[{"sku": "x", "n": 9}]), True),
        ({"body": ["/lines"]}, pay(lines=[{"sku": "x", "n": 9}]), False),
        ({"body": {"/at": "type"}}, pay(at="2027-01-01T00:00:00Z"), True),
        ({"body": {"/at": "type"}}, pay(at=7), False),
        ({"body": {"/at": "day"}}, pay(at="2026-01-05T23:59:00Z"), True),
        ({"body": {"/at": "day"}}, pay(at="2026-01-06T00:00:00Z"), False),
        ({"body": {"/amount": "whole"}}, pay(amount=5.2), True),
        ({"body": {"/amount": "whole"}}, pay(amount=5.7), False),
        ({"body": {"/currency": "caseless"}}, pay(currency="eur"), True),
        ({"body": {"/note": "present"}}, pay(note="b"), True),
        ({"ignore": {"body": ["/note", "/at"]}}, pay(note="b", at=""), True),
        ({"ignore": {"body": ["/note"]}}, pay(note="b", amount=6), False),
        ({"body": []}, pay(amount=9, note=1), True),
    ],
)
def test_a_rule_says_which_fields_decide_and_how(rule: dict[str, Any], asked: Asked, same: bool) -> None:
    assert by_fields(pay(), asked, rules(match={"POST /v1/payments": rule})) is same


def test_without_a_rule_all_fields_decide_by_value() -> None:
    assert by_fields(pay(), pay(amount=5.00))
    assert not by_fields(pay(), pay(note="b"))


def test_a_missing_field_is_not_one_that_is_there() -> None:
    without = post("/v1/payments", {"currency": "EUR"})
    assert not by_fields(pay(), without, AMOUNTS)


def test_ids_of_the_path_decide_only_if_the_rule_names_them() -> None:
    endpoint = "POST /v1/accounts/{account_id}/cards/{card_id}"
    other_card, other_account = (
        post(CARDS.replace("card_demo01", "card_demo02"), {}),
        post(CARDS.replace("acct_demo0001", "acct_demo0002"), {}),
    )
    named = rules(match={endpoint: {"path": ["account_id"], "body": []}})

    assert by_fields(post(CARDS, {}), other_card, named)
    assert not by_fields(post(CARDS, {}), other_account, named)
    assert by_fields(post(CARDS, {}), other_account, rules(match={endpoint: {"body": []}}))


def test_the_rule_for_all_endpoints_holds_where_there_is_no_other() -> None:
    assert by_fields(pay(), pay(note="b"), rules(match={"*": {"ignore": {"body": ["/note"]}}}))


def test_headers_decide_in_every_tier_if_the_rules_name_them() -> None:
    matching = rules(headers=["X-Tenant"])
    here, there = (
        get("/v1/accounts/acct_demo0001", **{"x-tenant": "a"}),
        get("/v1/accounts/acct_demo0002", **{"x-tenant": "b"}),
    )
    assert by_template(here, there, EXACT)
    assert not by_template(here, there, matching)


def test_a_form_is_compared_by_its_pairs() -> None:
    matching = rules(match={"POST /v1/payments": {"body": ["/amount"]}})
    one = post("/v1/payments", "amount=5&token=abc", FORM)

    assert by_fields(one, post("/v1/payments", "token=xyz&amount=5", FORM), matching)
    assert not by_fields(one, post("/v1/payments", "token=abc&amount=6", FORM), matching)


QUERY = "query Q($id: ID!) { user(id: $id) { name } }"


def ask(query: str | None = QUERY, **more: Any) -> Asked:
    tree = {"query": query, "variables": {"id": "7"}, **more}
    return post("/graphql", {name: value for name, value in tree.items() if value is not None})


def hashed(text: str, **more: Any) -> Asked:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}
    return ask(None, extensions=extensions, **more)


def by_get(query: str, variables: str) -> Asked:
    return Asked("GET", "/graphql", urlencode({"query": query, "variables": variables}))


@pytest.mark.parametrize(
    ("asked", "same"),
    [
        (ask("query Q($id:ID!){user(id:$id){name}} # spaced"), True),
        (ask(operationName="Q"), True),
        (ask(operationName=None, extensions={"trace": 1}), True),
        (ask("query Q($id: ID!) { me: user(id: $id) { n: name } }"), True),
        (ask(variables={"id": "8"}), False),
        (ask(variables={"id": 7}), False),
        (ask("query Q($id: ID!) { user(id: $id) { name age } }"), False),
        (ask("query R($id: ID!) { user(id: $id) { name } }"), False),
        (hashed(QUERY), True),
        (hashed(QUERY, operationName="Q"), True),
        (hashed(QUERY, variables={"id": "8"}), False),
        (hashed("{other}"), False),
        (by_get(QUERY, '{"id": "7"}'), True),
        (by_get(QUERY, '{"id": "8"}'), False),
        (post("/graphql", QUERY, "application/graphql"), False),  # asks without variables
    ],
)
def test_graphql_is_compared_by_document_operation_and_variables(asked: Asked, same: bool) -> None:
    assert by_fields(asked, ask()) is same
    assert by_fields(ask(), asked) is same


def test_a_batch_is_compared_operation_by_operation() -> None:
    one, two = {"query": "{a}"}, {"query": "{ b }", "variables": {"x": 1}}
    batch = post("/graphql", [one, two])

    assert by_fields(batch, post("/graphql", [{"query": "{ a }"}, {"query": "{b}", "variables": {"x": 1.0}}]))
    assert not by_fields(batch, post("/graphql", [two, one]))
    assert not by_fields(post("/graphql", one), post("/graphql", [one]))


def test_a_rule_may_let_some_variables_decide() -> None:
    matching = rules(match={"POST /graphql": {"body": ["/query", "/variables/id"]}})
    asked = ask(variables={"id": "7", "nonce": 1})

    assert by_fields(asked, ask(variables={"id": "7", "nonce": 2}), matching)
    assert by_fields(by_get(QUERY, '{"id": "7", "nonce": 3}'), asked, matching)
    assert not by_fields(asked, ask(variables={"id": "8", "nonce": 1}), matching)


names = st.sampled_from(["a", "b", "c"])
flat = st.dictionaries(names, st.integers(0, 3) | st.text("xy", max_size=2), min_size=1)


@given(flat, st.data())
def test_changing_a_field_that_decides_changes_the_key_and_any_other_does_not(
    tree: dict[str, Any], data: st.DataObject
) -> None:
    decides = data.draw(st.sets(names))
    name = data.draw(st.sampled_from(sorted(tree)))
    matching = rules(match={"POST /v1/payments": {"body": [f"/{item}" for item in decides]}})
    changed = {**tree, name: "changed"}

    assert by_fields(post("/v1/payments", tree), post("/v1/payments", changed), matching) is (name not in decides)


@given(st.lists(st.tuples(names, st.text("xy", max_size=2)), max_size=5), st.randoms())
def test_the_order_of_the_query_does_not_matter(pairs: list[tuple[str, str]], random: Any) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    one, other = (get("/v1/accounts/acct_demo0001?" + urlencode(order)) for order in (pairs, shuffled))

    assert template_keys(viewed(one), "", EXACT) == template_keys(viewed(other), "", EXACT)
