"""Refunds: all or part of a payment is given back."""

from __future__ import annotations

from dataclasses import replace

from smartsandbox.demo.service import fields
from smartsandbox.demo.service.call import Answer, Call
from smartsandbox.demo.service.errors import conflict, invalid, not_found
from smartsandbox.demo.service.payments import visible_payment
from smartsandbox.demo.service.records import Payment, Refund
from smartsandbox.demo.service.store import Store
from smartsandbox.demo.service.webhooks import emit

REASONS = ("requested_by_customer", "duplicate", "fraudulent")


def create_refund(store: Store, call: Call) -> Answer:
    """POST /v1/payments/{payment_id}/refunds; without an amount, all that is left."""
    payment = visible_payment(store, call, call.params["payment_id"])
    _require_refundable(payment)
    left = payment.amount - payment.refunded
    amount = fields.whole(call.body, "amount", 1, payment.amount) if "amount" in call.body else left
    if amount > left:
        raise invalid("amount", f"Refund of {amount} is more than the {left} left of payment {payment.id}")
    reason = fields.choice(call.body, "reason", REASONS)
    refund = Refund(store.ids.next("re"), payment.id, payment.customer, amount, payment.currency, reason, int(call.now))
    store.refunds[refund.id] = refund
    status = "refunded" if amount == left else "partially_refunded"
    store.payments[payment.id] = replace(payment, refunded=payment.refunded + amount, status=status)
    store.book(store.accounts[payment.account], "refund", amount, refund.id, call.now)
    emit(store, payment.customer, "refund.created", refund.to_json(), payment.merchant, call.now)
    return Answer(201, refund.to_json(), (("location", f"/v1/refunds/{refund.id}"),))


def show_refund(store: Store, call: Call) -> Answer:
    """GET /v1/refunds/{refund_id}."""
    identifier = call.params["refund_id"]
    refund = store.refunds.get(identifier)
    if refund is None or (refund.customer != call.who.id and not call.who.is_support):
        raise not_found("refund", identifier)
    return Answer(200, refund.to_json())


def _require_refundable(payment: Payment) -> None:
    if payment.status == "refunded":
        raise conflict("already_refunded", f"Payment {payment.id} has already been refunded")
    if payment.status in ("failed", "disputed"):
        raise conflict("not_refundable", f"Payment {payment.id} is {payment.status} and cannot be refunded")
