"""Disputes: a customer objects to a payment in their own words, and adds evidence."""

from __future__ import annotations

from dataclasses import replace

from smartsandbox.demo.service import fields
from smartsandbox.demo.service.call import Answer, Call
from smartsandbox.demo.service.errors import conflict, not_found
from smartsandbox.demo.service.pages import created_within, page
from smartsandbox.demo.service.payments import visible_payment
from smartsandbox.demo.service.records import Dispute
from smartsandbox.demo.service.store import Store
from smartsandbox.demo.service.webhooks import emit

REASONS = ("fraudulent", "not_received", "duplicate", "unrecognised")
_WINDOW_S = 14 * 86_400


def open_dispute(store: Store, call: Call) -> Answer:
    """POST /v1/disputes."""
    payment = visible_payment(store, call, fields.text(call.body, "payment"))
    if payment.status in ("failed", "disputed"):
        raise conflict("not_disputable", f"Payment {payment.id} is {payment.status} and cannot be disputed")
    now = int(call.now)
    dispute = Dispute(
        id=store.ids.next("dp"),
        payment=payment.id,
        customer=payment.customer,
        amount=payment.amount - payment.refunded,
        currency=payment.currency,
        reason=fields.choice(call.body, "reason", REASONS),
        statement=fields.text(call.body, "statement", 2000),
        contact_email=fields.email(call.body, "contact_email"),
        status="needs_response",
        created=now,
        respond_by=now + _WINDOW_S,
    )
    store.disputes[dispute.id] = dispute
    store.payments[payment.id] = replace(payment, status="disputed")
    emit(store, payment.customer, "dispute.opened", dispute.to_json(), payment.merchant, call.now)
    return Answer(201, dispute.to_json(), (("location", f"/v1/disputes/{dispute.id}"),))


def add_evidence(store: Store, call: Call) -> Answer:
    """POST /v1/disputes/{dispute_id}/evidence, a form with a statement."""
    dispute = _visible_dispute(store, call)
    if dispute.status != "needs_response":
        raise conflict("evidence_closed", f"Dispute {dispute.id} is {dispute.status} and takes no more evidence")
    statement = fields.text(call.body, "statement", 2000)
    store.disputes[dispute.id] = changed = replace(dispute, statement=statement, status="under_review")
    return Answer(200, changed.to_json())


def list_disputes(store: Store, call: Call) -> Answer:
    """GET /v1/disputes with status, created[gte] and pages."""
    who, query = call.who, call.query
    found = [dispute for dispute in store.disputes.values() if who.is_support or dispute.customer == who.id]
    if "status" in query:
        status = fields.choice(query, "status", ("needs_response", "under_review"))
        found = [dispute for dispute in found if dispute.status == status]
    return Answer(200, page("/v1/disputes", created_within(found, query)[::-1], query, Dispute.to_json))


def show_dispute(store: Store, call: Call) -> Answer:
    """GET /v1/disputes/{dispute_id}."""
    return Answer(200, _visible_dispute(store, call).to_json())


def _visible_dispute(store: Store, call: Call) -> Dispute:
    identifier = call.params["dispute_id"]
    dispute = store.disputes.get(identifier)
    if dispute is None or (dispute.customer != call.who.id and not call.who.is_support):
        raise not_found("dispute", identifier)
    return dispute
