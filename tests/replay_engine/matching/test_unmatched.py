"""What is answered when nothing matches, by policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import BOB, Bank

Serve = Callable[..., Bank]


def test_an_explanation_is_the_default_and_names_no_value(serve: Serve) -> None:
    answered = serve().ask("GET", "/v1/accounts/acct_x12345/limits?s3cr3t=1")

    assert (answered.status, answered.match) == (404, "none")
    assert answered.headers["content-type"] == "application/problem+json"
    assert b"s3cr3t" not in answered.raw
    assert b"acct_x12345" not in answered.raw


def test_the_services_own_404_is_told_with_the_asked_id(serve: Serve) -> None:
    bank = serve(unmatched="404")
    answered = bank.ask("GET", "/v1/accounts/acct_x12345")

    assert (answered.status, answered.match) == (404, "none")
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json == {"code": "no_account", "was": "acct_x12345"}
    assert bank.stats()["missed"] == 1


@pytest.mark.parametrize("target", ["/v1/accounts/acct_x12345/limits", "/nowhere/at/all"])
def test_where_the_endpoint_has_no_404_the_service_has_one(serve: Serve, target: str) -> None:
    assert serve(unmatched="404").ask("GET", target).json["code"] == "no_account"


def test_an_answer_is_synthesised_from_a_successful_exchange_and_labelled(serve: Serve) -> None:
    bank = serve(unmatched="synthesise")
    answered = bank.ask("POST", "/v1/payments", {"amount": 725, "currency": "USD", "ref": "ref_555555"})

    assert (answered.status, answered.match) == (201, "synthesised")
    assert answered.json["amount"] == 725
    assert answered.json["ref"] == "ref_555555"
    assert bank.stats()["by_tier"] == {"exact": 0, "synthesised": 1}
    assert bank.stats()["matched"] == 0


def test_an_unknown_id_is_synthesised_from_the_callers_own_exchange(serve: Serve) -> None:
    answered = serve(unmatched="synthesise").ask("GET", "/v1/accounts/acct_x12345", None, BOB)

    assert (answered.json["account_id"], answered.json["left"]) == ("acct_x12345", 20)


def test_what_no_endpoint_is_like_is_explained_even_then(serve: Serve) -> None:
    answered = serve(unmatched="synthesise").ask("GET", "/nowhere")

    assert (answered.status, answered.match) == (404, "none")


def test_failing_says_501_and_why(serve: Serve) -> None:
    answered = serve(unmatched="fail").ask("GET", "/v1/accounts/acct_a00001?x=1")

    assert (answered.status, answered.match) == (501, "none")
    assert "the query has a parameter that the exchange does not have" in answered.json["detail"]
