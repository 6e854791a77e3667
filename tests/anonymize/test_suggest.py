from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.policy import Action
from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.anonymize.suggest import draft, noted_draft, suggest_policy
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

ACCOUNT = "GET /v1/accounts/{account_id}"


def accounts(exchange: Callable[..., Exchange], count: int) -> list[Exchange]:
    def body(number: int) -> dict[str, Any]:
        return {
            "id": f"acct_{number:03d}KqLm9Z",
            "email": f"person{number}@tidewater.test",
            "birth_date": f"19{50 + number % 40}-03-0{1 + number % 9}",
            "address": {"city": "Oslo", "postcode": f"01{number % 7}0"},
            "status": "active",
        }

    return [
        exchange(f"/v1/accounts/acct_{number:03d}KqLm9Z", body(number), session=f"s_{number}")
        for number in range(count)
    ]


def test_quasi_identifiers_are_generalised_where_enough_people_are_known(exchange: Callable[..., Exchange]) -> None:
    items = accounts(exchange, 20)
    policy = draft(lambda: items, "tidewater")
    assert sorted(policy.quasi_identifiers) == ["birth_date", "city", "postcode"]
    assert Address(ACCOUNT, "response.body", ("id",)) in policy.subjects
    assert Address(ACCOUNT, "path", ("account_id",)) in policy.subjects


def test_with_too_few_people_they_become_surrogates(exchange: Callable[..., Exchange]) -> None:
    items = accounts(exchange, 4)
    policy = draft(lambda: items, "tidewater")
    assert not policy.quasi_identifiers
    assert str(policy.decide(ACCOUNT, "response.body", ("birth_date",))) == "surrogate date"


def test_every_leaf_gets_a_decision_and_shared_places_get_one_for_all(exchange: Callable[..., Exchange]) -> None:
    items = accounts(exchange, 6)
    policy = draft(lambda: items, "tidewater")
    assert policy.decide("ANY /at/all", "response.header", ("content-type",))
    assert policy.decide("ANY /at/all", "response.body", ("id",)) is None
    assert {decision.action for decision in policy.decisions.values()} <= set(Action)


def test_no_captured_value_stands_in_the_policy(exchange: Callable[..., Exchange]) -> None:
    names = {f"Zephyrine{letter}": {"login": f"zephyrine{letter}"} for letter in "abcdef"}
    items = [
        exchange("/v1/team", {"members": names, "ann@tidewater.test": 1}),
        *(exchange(f"/v1/users/zephyrine{letter}", {"first_name": f"Zephyrine{letter}"}) for letter in "abcdef"),
    ]
    policy = draft(lambda: items, "tidewater")
    text = repr(sorted(policy.decisions)) + repr(policy.endpoints)
    assert "ephyrine" not in text
    assert "ann@" not in text


def test_the_same_capture_gives_the_same_policy_in_any_order(exchange: Callable[..., Exchange]) -> None:
    items = accounts(exchange, 12)
    backwards = items[::-1]
    assert draft(lambda: items, "t").digest == draft(lambda: backwards, "t").digest


def test_an_empty_trace_is_one_clear_error(raw_trace: Callable[[Iterable[Exchange]], Trace]) -> None:
    with pytest.raises(UsageError, match="no exchanges"):
        suggest_policy(raw_trace([]))


def test_a_draft_says_of_each_decision_how_often_it_was_seen_and_what_spoke_for_it(
    exchange: Callable[..., Exchange],
) -> None:
    items = [*accounts(exchange, 20), exchange("/v1/login", {"email": "x@tidewater.test"})]
    found = noted_draft(lambda: items, "tidewater")
    assert "      /email: surrogate email  # seen 21 at 2 endpoints; name: email; values: email" in found.text
    assert "# places: 1" in found.text
    assert parse_policy(found.text, "drafted").digest == found.policy.digest
    assert "tidewater.test" not in found.text.replace("service: tidewater", "")


def test_what_endpoints_decide_alike_is_drafted_once_and_nothing_else_changes(
    exchange: Callable[..., Exchange], monkeypatch: pytest.MonkeyPatch
) -> None:
    items = accounts(exchange, 8) + [
        exchange(f"/v1/{name}", {"email": f"{name}@tidewater.test", "count": 7}) for name in ("login", "help", "shop")
    ]
    short = draft(lambda: items, "tidewater")
    monkeypatch.setattr("smartsandbox.anonymize.suggest.compact", lambda policy: policy)
    long = draft(lambda: items, "tidewater")
    assert len(short.decisions) < len(long.decisions)
    for address in long.decisions:
        assert short.decide(*address) == long.decide(*address)
        assert short.is_subject(address) == long.is_subject(address)
