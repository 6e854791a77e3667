"""Which exchanges concern a person: worked by hand over a handful of exchanges."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from smartsandbox.anonymize.erasure.find import Concerned, Scope, find_concerned
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.model import Exchange

EXACT = Scope()
ANN, ANN_MAIL = "cus_0001AnnQ7", "ann.marlowe@oakmoor.co.uk"
BOB, BOB_MAIL = "cus_0002BobZ4", "bob.tarrant@oakmoor.co.uk"


def found_in(exchanges: list[Exchange], policy: Policy, *identifiers: str, scope: Scope = EXACT) -> Concerned:
    return find_concerned(lambda: iter(exchanges), policy, identifiers, scope)


@pytest.fixture
def day(exchange: Callable[..., Exchange]) -> list[Exchange]:
    """1 Ann logs in, 2 reads herself, 3 reads a page; 4 Bob reads himself, 5 a page; 6 an admin lists both."""
    login = json.dumps({"email": ANN_MAIL}).encode()
    listed = {"items": [{"id": ANN, "email": ANN_MAIL, "name": "Ann"}, {"id": BOB, "email": BOB_MAIL, "name": "Bob"}]}
    json_type = (("Content-Type", "application/json"),)
    return [
        exchange("/v1/sessions", {"note": "hello"}, method="POST", sent=login, headers=json_type, session="s_ann"),
        exchange(f"/v1/customers/{ANN}", {"id": ANN, "email": ANN_MAIL}, session="s_ann"),
        exchange("/v1/things", {"note": "rain"}, session="s_ann"),
        exchange(f"/v1/customers/{BOB}", {"id": BOB, "email": BOB_MAIL}, session="s_bob"),
        exchange("/v1/things", {"note": "rain"}, session="s_bob"),
        exchange("/v1/customers", listed, session="s_admin"),
    ]


@pytest.mark.parametrize("identifier", [ANN_MAIL, ANN_MAIL.upper(), ANN])
def test_one_identifier_finds_the_others_and_the_persons_session(
    day: list[Exchange], policy: Policy, identifier: str
) -> None:
    found = found_in(day, policy, identifier)

    assert found.removed == {"ex_0001", "ex_0002", "ex_0003", "ex_0006"}
    assert found.aliases == 1


def test_redaction_spares_an_exchange_whose_answer_alone_names_the_person(day: list[Exchange], policy: Policy) -> None:
    found = found_in(day, policy, ANN, scope=Scope(redact=True))

    assert found.removed == {"ex_0001", "ex_0002", "ex_0003"}
    assert found.redacted == {"ex_0006"}


def test_a_session_shared_with_somebody_else_is_not_the_persons(day: list[Exchange], policy: Policy) -> None:
    shared = [replace(one, session="s_gateway") for one in day]

    assert found_in(shared, policy, ANN).removed == {"ex_0001", "ex_0002", "ex_0006"}


def test_whole_sessions_takes_every_session_that_names_the_person(day: list[Exchange], policy: Policy) -> None:
    shared = [replace(one, session="s_gateway") for one in day]

    assert len(found_in(shared, policy, ANN, scope=Scope(whole_sessions=True)).removed) == 6


def test_what_a_removed_exchange_caused_goes_with_it(
    day: list[Exchange], policy: Policy, exchange: Callable[..., Exchange]
) -> None:
    hook = replace(exchange("/v1/things", {"note": "sent"}, session="s_hook"), caused_by="ex_0002")
    reply = replace(exchange("/v1/things", {"note": "sent"}, session="s_hook2"), caused_by=hook.id)

    found = found_in([*day, hook, reply], policy, ANN)

    assert {hook.id, reply.id} <= found.removed


def test_counts_are_by_endpoint_day_and_file(day: list[Exchange], policy: Policy) -> None:
    found = found_in(day, policy, ANN)

    assert found.by_endpoint["GET /v1/things", "2023-11-14"] == 1
    assert found.by_source == {"capture.har": 4}
    assert found.sessions == {"s_ann", "s_admin"}


def test_nobody_is_found_where_nobody_is(day: list[Exchange], policy: Policy) -> None:
    assert found_in(day, policy, "zoe@elsewhere.example").count == 0


def jwt(claims: dict[str, Any]) -> str:
    parts = ({"alg": "HS256"}, claims)
    return ".".join(
        [*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "c2ln"]
    )


@pytest.mark.parametrize(
    "more",
    [
        {"query": "next=%2Fu%3Fmail%3Dann.marlowe%2540oakmoor.co.uk"},
        {"headers": (("Referer", f"https://shop.test/u?mail={ANN_MAIL}"),)},
        {"headers": (("Authorization", "Bearer " + jwt({"sub": ANN_MAIL})),)},
        {"headers": (("Cookie", "u=" + base64.b64encode(json.dumps({"m": ANN_MAIL}).encode()).decode()),)},
        {"body": {"blob": json.dumps({"deep": {"mail": ANN_MAIL}})}},
        {"body": {ANN_MAIL: 1}},
        {"body": ANN_MAIL.encode() + b"\x00\xff", "answer_headers": (("Content-Type", "application/octet-stream"),)},
        {"path": f"/v9/unknown/{ANN_MAIL}"},
        {"path": "/v9/{braces}/" + ANN_MAIL},
    ],
    ids=["query", "referer", "jwt", "cookie", "json in a string", "key", "binary", "unknown path", "braces"],
)
def test_the_person_is_found_in_any_place_and_encoding(
    exchange: Callable[..., Exchange], policy: Policy, more: dict[str, Any]
) -> None:
    one = exchange(**more)

    assert found_in([one, exchange()], policy, ANN_MAIL).removed == {one.id}


def test_without_subjects_ids_of_one_object_are_one_person_and_references_are_not(
    exchange: Callable[..., Exchange], make_policy: Callable[..., Policy]
) -> None:
    policy = make_policy(
        dict.fromkeys(("path /customer_id", "response.body /id", "response.body /agent_id"), "surrogate id")
        | {"response.body /email": "surrogate email"},
        endpoints=("GET /v1/customers/{customer_id}",),
    )
    exchanges = [
        exchange(f"/v1/customers/{ANN}", {"id": ANN, "email": ANN_MAIL, "agent_id": "agent_00X77"}, session="s_1"),
        exchange(f"/v1/customers/{ANN}", {"id": ANN, "agent_id": "agent_00X77"}, session="s_2"),
        exchange(f"/v1/customers/{BOB}", {"id": BOB, "email": BOB_MAIL, "agent_id": "agent_00X77"}, session="s_3"),
    ]

    found = found_in(exchanges, policy, ANN_MAIL)

    assert found.removed == {"ex_0001", "ex_0002"}
    assert not found.attributed


def test_a_short_number_is_the_person_only_where_a_value_of_its_own_stands(
    exchange: Callable[..., Exchange], make_policy: Callable[..., Policy]
) -> None:
    policy = make_policy(
        {"path /customer_id": "surrogate id", "response.body /amount": "keep", "response.body /id": "surrogate id"},
        ("path /customer_id", "response.body /id"),
        ("GET /v1/customers/{customer_id}",),
    )
    exchanges = [
        exchange("/v1/customers/4711", {"id": 4711}, session="s_1"),
        exchange("/v1/customers/9", {"id": 9, "amount": 4711}, session="s_2"),
    ]

    assert found_in(exchanges, policy, "4711").removed == {"ex_0001"}
