"""Payments: a card of an account is charged, or the issuer says no."""

from __future__ import annotations

from smartsandbox.demo.service import fields
from smartsandbox.demo.service.accounts import visible_account
from smartsandbox.demo.service.call import Answer, Call
from smartsandbox.demo.service.cards import visible_card
from smartsandbox.demo.service.errors import ApiError, invalid, not_found
from smartsandbox.demo.service.issuer import decide
from smartsandbox.demo.service.pages import created_within, page
from smartsandbox.demo.service.records import Account, Card, Payment
from smartsandbox.demo.service.store import Store
from smartsandbox.demo.service.webhooks import emit

STATUSES = ("succeeded", "failed", "refunded", "partially_refunded", "disputed")
_LARGEST = 1_000_000_00


def create_payment(store: Store, call: Call) -> Answer:
    """POST /v1/payments. A decline is recorded as a failed payment and answered with 402."""
    account = visible_account(store, call, fields.text(call.body, "account"))
    card = visible_card(store, call, fields.text(call.body, "card"))
    if card.account != account.id:
        raise invalid("card", f"Card {card.id} is not bound to account {account.id}")
    amount = fields.whole(call.body, "amount", 1, _LARGEST)
    currency = fields.choice(call.body, "currency", (account.currency,))
    refusal = decide(account, card, amount, call.now)
    payment = _payment(store, call, account, card, amount, currency, refusal)
    store.payments[payment.id] = payment
    if refusal is not None:
        emit(store, account.customer, "payment.failed", payment.to_json(), payment.merchant, call.now)
        raise refusal
    store.book(account, "payment", -amount, payment.id, call.now)
    emit(store, account.customer, "payment.succeeded", payment.to_json(), payment.merchant, call.now)
    return Answer(201, payment.to_json(), (("location", f"/v1/payments/{payment.id}"),))


def list_payments(store: Store, call: Call) -> Answer:
    """GET /v1/payments with status, account, customer_email, created[gte], created[lte] and pages."""
    who, query = call.who, call.query
    found = [payment for payment in store.payments.values() if who.is_support or payment.customer == who.id]
    if "status" in query:
        status = fields.choice(query, "status", STATUSES)
        found = [payment for payment in found if payment.status == status]
    if "account" in query:
        found = [payment for payment in found if payment.account == query["account"]]
    if "customer_email" in query:
        email = fields.email(query, "customer_email").lower()
        found = [payment for payment in found if payment.customer_email.lower() == email]
    return Answer(200, page("/v1/payments", created_within(found, query)[::-1], query, Payment.to_json))


def show_payment(store: Store, call: Call) -> Answer:
    """GET /v1/payments/{payment_id}."""
    return Answer(200, visible_payment(store, call, call.params["payment_id"]).to_json())


def visible_payment(store: Store, call: Call, identifier: str) -> Payment:
    """The payment if it exists and the caller may see it, else the 404 answer."""
    payment = store.payments.get(identifier)
    if payment is None or (payment.customer != call.who.id and not call.who.is_support):
        raise not_found("payment", identifier)
    return payment


def _payment(
    store: Store, call: Call, account: Account, card: Card, amount: int, currency: str, refusal: ApiError | None
) -> Payment:
    return Payment(
        id=store.ids.next("pay"),
        account=account.id,
        card=card.id,
        customer=account.customer,
        customer_email=account.holder.email,
        amount=amount,
        refunded=0,
        currency=currency,
        merchant=fields.text(call.body, "merchant", 80),
        description=str(call.body.get("description", "")),
        status="failed" if refusal else "succeeded",
        failure_code=refusal.code if refusal else None,
        created=int(call.now),
    )
