"""Which tier answers, with what, and how the answer says so: over a pack and the wire."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest

from .conftest import BOB, QUERY, Bank

Serve = Callable[..., Bank]

PAYMENTS = {"match": {"POST /v1/payments": {"body": ["/amount", "/currency"]}}}


def test_an_exact_match_says_so_and_is_byte_for_byte_the_recorded_one(serve: Serve) -> None:
    answered = serve().ask("GET", "/v1/accounts/acct_a00001")

    assert (answered.match, answered.json["left"]) == ("exact", 10)


def test_an_id_that_the_pack_holds_for_the_caller_is_answered_where_it_was_never_asked(serve: Serve) -> None:
    answered = serve().ask("GET", "/v1/accounts/acct_a00001/cards")  # recorded for Bob's account only

    assert answered.match == "template"
    assert answered.json == {
        "account_id": "acct_a00001",
        "left": 7,
        "self": "https://api.example.com/v1/accounts/acct_a00001",
        "of": 1,
    }
    assert int(answered.headers["content-length"]) == len(answered.raw)


@pytest.mark.parametrize("target", ["/v1/accounts/acct_b00001/limits", "/v1/accounts/acct_x12345/limits"])
def test_another_callers_id_or_one_that_nobody_was_shown_is_not_there(serve: Serve, target: str) -> None:
    assert serve().ask("GET", target).status == 404


def test_a_caller_whom_the_pack_does_not_know_may_ask_for_what_anyone_was_shown(serve: Serve) -> None:
    bank, carol = serve(), (("Authorization", "Bearer carol"),)

    assert bank.ask("GET", "/v1/accounts/acct_b00001/limits", None, carol).match == "template"
    assert bank.ask("GET", "/v1/accounts/acct_x12345/limits", None, carol).status == 404


def test_any_id_is_taken_where_the_rules_say_so(serve: Serve) -> None:
    answered = serve(rules={"ids": "any"}).ask("GET", "/v1/accounts/acct_x12345/limits")

    assert (answered.match, answered.json["account_id"]) == ("template", "acct_x12345")


def test_an_id_that_only_an_answer_showed_is_known(serve: Serve) -> None:
    answered = serve().ask("GET", "/v1/accounts/pay_900001/limits")

    assert (answered.match, answered.json["account_id"]) == ("template", "pay_900001")


def test_ids_are_compared_after_percent_decoding_and_told_encoded_in_headers(serve: Serve) -> None:
    bank = serve(rules={"ids": "any", **PAYMENTS})
    bank.ask("POST", "/v1/payments", {"amount": 500, "currency": "EUR", "ref": "evil\r\nX-Injected: 1"})
    answered = bank.ask("GET", "/v1/payments/pay%0d%0aX-Injected:%201")

    assert "x-injected" not in answered.headers
    assert answered.json["id"] == "pay\r\nX-Injected: 1"


def test_a_rule_lets_a_payment_with_another_reference_match_and_tells_it_back(serve: Serve) -> None:
    bank = serve(rules=PAYMENTS)
    answered = bank.ask("POST", "/v1/payments", {"currency": "EUR", "amount": 5e2, "ref": "ref_777777", "note": "food"})

    assert (answered.status, answered.match) == (201, "fields")
    assert answered.json == {
        "id": "pay_900001",
        "amount": 500,
        "ref": "ref_777777",
        "note": "food",
        "status": "done",
    }
    assert bank.ask("POST", "/v1/payments", {"currency": "USD", "amount": 500}).status == 404


def test_a_session_goes_on_under_an_id_that_it_made_up(serve: Serve) -> None:
    """PUT with the client's own id, then the id below it: an unseen id, answered as the recorded one."""
    bank = serve(rules={"match": {"PUT /v1/profiles/{profile_id}": {"body": ["/name"]}}})
    put = bank.ask("PUT", "/v1/profiles/prof_55555", {"name": "Ann", "id": "prof_55555"})
    badge = bank.ask("GET", "/v1/profiles/prof_55555/badge?size=2")

    assert (put.match, put.json["id"]) == ("fields", "prof_55555")
    assert (badge.match, badge.json) == ("template", {"owner": "prof_55555", "size": 2})
    assert bank.ask("GET", "/v1/profiles/prof_55555/badge?size=3").status == 404
    assert bank.ask("GET", "/v1/profiles/prof_55555/badge?size=2", None, BOB).status == 404


def test_resetting_a_session_forgets_its_ids(serve: Serve) -> None:
    bank = serve(rules={"match": {"PUT /v1/profiles/{profile_id}": {"body": ["/name"]}}})
    bank.ask("PUT", "/v1/profiles/prof_55555", {"name": "Ann", "id": "prof_55555"})
    bank.ask("POST", "/__sandbox/reset", {})

    assert bank.ask("GET", "/v1/profiles/prof_55555/badge?size=2").status == 404


def test_numbers_in_another_spelling_match_by_value(serve: Serve) -> None:
    body = b'{"amount": 5.00e2, "currency": "EUR", "ref": "ref_000001", "note": "rent"}'
    answered = serve().ask("POST", "/v1/payments", None, (("Authorization", "Bearer alice"),), *JSON_LINE, body=body)

    assert (answered.match, answered.status) == ("fields", 201)


JSON_LINE = ("Content-Type: application/json",)


@pytest.mark.parametrize(
    "tree",
    [
        {"query": "query Balance($id: ID!) {\n  account(id: $id) { id, left } # spaced\n}"},
        {"query": QUERY, "operationName": "Balance"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(QUERY.encode()).hexdigest()}}},
    ],
)
def test_graphql_matches_by_document_and_variables(serve: Serve, tree: dict[str, Any]) -> None:
    bank = serve()
    answered = bank.ask("POST", "/graphql", {**tree, "variables": {"id": "acct_a00001"}})

    assert (answered.match, answered.json["data"]["account"]["left"]) == ("fields", 8)
    assert bank.ask("POST", "/graphql", {**tree, "variables": {"id": "acct_b00001"}}).status == 404


def test_graphql_is_answered_by_get_and_under_the_asked_aliases(serve: Serve) -> None:
    asked = "query Balance($id: ID!) { mine: account(id: $id) { id rest: left } }"
    query = urlencode({"query": asked, "variables": '{"id": "acct_a00001"}'})
    answered = serve().ask("GET", f"/graphql?{query}")

    assert answered.match == "fields"
    assert answered.json == {"data": {"mine": {"id": "acct_a00001", "rest": 8}}}


def test_successive_answers_come_in_their_order_in_every_tier(serve: Serve) -> None:
    bank = serve(rules={"ids": "any"})
    lefts = [bank.ask("GET", "/v1/accounts/acct_x12345").json.get("left") for _ in range(3)]

    assert lefts == [10, 8, 8]


def test_named_headers_are_part_of_the_exact_key(serve: Serve) -> None:
    bank = serve(rules={"headers": ["accept-language"]})

    assert bank.ask("GET", "/v1/accounts/acct_a00001").match == "exact"
    assert bank.ask("GET", "/v1/accounts/acct_a00001", None, BOB, "Accept-Language: de").status == 404


def test_a_head_request_is_matched_like_a_get(serve: Serve) -> None:
    answered = serve().ask("HEAD", "/v1/accounts/acct_a00001/cards")

    assert (answered.status, answered.match, answered.raw) == (200, "template", b"")


def test_the_tiers_are_counted(serve: Serve) -> None:
    bank = serve(rules=PAYMENTS)
    bank.ask("GET", "/v1/accounts/acct_a00001")
    bank.ask("GET", "/v1/accounts/acct_a00001/cards")
    bank.ask("POST", "/v1/payments", {"currency": "EUR", "amount": 500})
    bank.ask("GET", "/nowhere")
    stats = bank.stats()

    assert stats["by_tier"] == {"exact": 1, "template": 1, "fields": 1}
    assert (stats["served"], stats["matched"], stats["missed"]) == (4, 3, 1)
    entries = bank.ask("GET", "/__sandbox/journal").json["entries"]
    assert [entry["match"] for entry in entries] == ["exact", "template", "fields", None]
