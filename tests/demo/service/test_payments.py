from __future__ import annotations

import base64
from typing import Any

import pytest

KEY = "7b0f3a52-9f4a-4a8e-8c5e-0d6f5b2f1a11"


def test_a_payment_lowers_the_balance_and_appears_in_lists_and_ledger(shop: Any) -> None:
    account, _ = shop.account_and_card()
    before = shop.api.store.accounts[account].balance
    status, payment = shop.pay(2_50)
    listed = shop.call("GET", "/v1/payments?status=succeeded", token=shop.settled.api_token)[1]["data"]
    assert (status, listed) == (201, [payment])
    assert shop.api.store.accounts[account].balance == before - 2_50
    assert shop.api.store.entries_of(account)[-1].source == payment["id"]


def test_the_receipt_is_text_in_base64_with_the_customers_address(shop: Any) -> None:
    receipt = base64.b64decode(shop.pay()[1]["receipt"]).decode()
    assert f"Sent to {shop.settled.email}" in receipt


def test_more_than_the_balance_is_declined_and_kept_as_a_failed_payment(shop: Any, error_code: Any) -> None:
    assert error_code(shop.pay(9_999_999)) == (402, "insufficient_funds")
    failed = shop.call("GET", "/v1/payments?status=failed", token=shop.settled.api_token)[1]["data"]
    assert [payment["failure_code"] for payment in failed] == ["insufficient_funds"]


@pytest.mark.parametrize(
    ("amount", "code"),
    [(0, "invalid_amount"), (-5, "invalid_amount"), (1.5, "invalid_amount"), (True, "invalid_amount")],
)
def test_an_amount_must_be_a_positive_whole_number(shop: Any, error_code: Any, amount: Any, code: str) -> None:
    assert error_code(shop.pay(amount)) == (422, code)


def test_the_same_idempotency_key_gives_the_first_answer_and_pays_once(shop: Any) -> None:
    account, _ = shop.account_and_card()
    first = shop.pay(3_00, idempotency_key=KEY)
    balance = shop.api.store.accounts[account].balance
    assert shop.pay(3_00, idempotency_key=KEY) == first
    assert shop.api.store.accounts[account].balance == balance


def test_the_same_key_with_another_request_is_a_conflict(shop: Any, error_code: Any) -> None:
    shop.pay(3_00, idempotency_key=KEY)
    assert error_code(shop.pay(4_00, idempotency_key=KEY)) == (409, "idempotency_key_reused")


def test_a_refund_gives_the_rest_back_and_a_second_one_is_a_conflict(shop: Any, error_code: Any) -> None:
    payment = shop.pay(5_00)[1]["id"]
    target, token = f"/v1/payments/{payment}/refunds", shop.settled.api_token
    part = shop.call("POST", target, {"amount": 2_00, "reason": "duplicate"}, token)
    rest = shop.call("POST", target, {"reason": "duplicate"}, token)
    assert (part[0], part[1]["amount"], rest[1]["amount"]) == (201, 2_00, 3_00)
    assert error_code(shop.call("POST", target, {"reason": "duplicate"}, token)) == (409, "already_refunded")
    assert shop.call("GET", f"/v1/refunds/{rest[1]['id']}", token=token) == (200, rest[1])


def test_more_than_is_left_cannot_be_refunded(shop: Any, error_code: Any) -> None:
    payment = shop.pay(5_00)[1]["id"]
    target, token = f"/v1/payments/{payment}/refunds", shop.settled.api_token
    shop.call("POST", target, {"amount": 4_00, "reason": "duplicate"}, token)
    assert error_code(shop.call("POST", target, {"amount": 2_00, "reason": "duplicate"}, token)) == (
        422,
        "invalid_amount",
    )


def test_a_dispute_takes_evidence_from_a_form_once(shop: Any, error_code: Any) -> None:
    payment, token = shop.pay()[1]["id"], shop.settled.api_token
    opened = {"payment": payment, "reason": "fraudulent", "statement": "Not me", "contact_email": shop.settled.email}
    dispute = shop.call("POST", "/v1/disputes", opened, token)[1]
    target, form = f"/v1/disputes/{dispute['id']}/evidence", "application/x-www-form-urlencoded"
    changed = shop.call("POST", target, b"statement=It+never+came", token, content_type=form)[1]
    assert (changed["status"], changed["evidence"]["statement"]) == ("under_review", "It never came")
    assert error_code(shop.call("POST", target, b"statement=x", token, content_type=form)) == (409, "evidence_closed")
    assert error_code(shop.call("POST", "/v1/disputes", opened, token)) == (409, "not_disputable")


def test_a_card_is_bound_once_and_shows_only_its_last_digits(shop: Any, error_code: Any) -> None:
    account, _ = shop.account_and_card()
    card = {"number": shop.newcomer.card_number, "cvc": "123", "exp_month": 4, "exp_year": 2030, "holder_name": "A B"}
    target, token = f"/v1/accounts/{account}/cards", shop.settled.api_token
    status, bound = shop.call("POST", target, card, token)
    assert (status, bound["last4"], "number" in bound) == (201, shop.newcomer.card_number[-4:], False)
    assert error_code(shop.call("POST", target, card, token)) == (409, "card_exists")
    assert error_code(shop.call("POST", target, card | {"number": "4111111111111112"}, token)) == (
        422,
        "invalid_number",
    )
