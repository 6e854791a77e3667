"""The record of webhook deliveries, and sending one again by hand."""

from __future__ import annotations

from dataclasses import replace

from smartsandbox.demo.service import fields
from smartsandbox.demo.service.call import Answer, Call
from smartsandbox.demo.service.errors import conflict, not_found
from smartsandbox.demo.service.pages import created_within, page
from smartsandbox.demo.service.records import Attempt, Delivery
from smartsandbox.demo.service.store import Store

STATUSES = ("pending", "delivered", "dead")
MOST_ATTEMPTS = 3


def list_deliveries(store: Store, call: Call) -> Answer:
    """GET /v1/webhook_deliveries with status, event_type, created[gte] and pages."""
    who, query = call.who, call.query
    found = [delivery for delivery in store.deliveries.values() if who.is_support or delivery.customer == who.id]
    if "status" in query:
        status = fields.choice(query, "status", STATUSES)
        found = [delivery for delivery in found if delivery.status == status]
    if "event_type" in query:
        found = [delivery for delivery in found if delivery.event_type == query["event_type"]]
    return Answer(200, page("/v1/webhook_deliveries", created_within(found, query)[::-1], query, Delivery.summary))


def show_delivery(store: Store, call: Call) -> Answer:
    """GET /v1/webhook_deliveries/{delivery_id}, with the payload as it was sent."""
    return Answer(200, _visible_delivery(store, call).to_json())


def redeliver(store: Store, call: Call) -> Answer:
    """POST /v1/webhook_deliveries/{delivery_id}/redeliver puts a finished delivery into the outbox again."""
    delivery = _visible_delivery(store, call)
    if delivery.status == "pending":
        raise conflict("delivery_pending", f"Delivery {delivery.id} is still being tried")
    store.deliveries[delivery.id] = again = replace(delivery, status="pending")
    store.outbox.append(delivery.id)
    return Answer(202, again.summary())


def after_attempt(delivery: Delivery, attempt: Attempt) -> Delivery:
    """The delivery once an attempt is over: delivered by a 2xx answer, dead after every third try without one."""
    attempts = (*delivery.attempts, attempt)
    if attempt.status is not None and 200 <= attempt.status < 300:
        return replace(delivery, attempts=attempts, status="delivered")
    return replace(delivery, attempts=attempts, status="pending" if len(attempts) % MOST_ATTEMPTS else "dead")


def _visible_delivery(store: Store, call: Call) -> Delivery:
    identifier = call.params["delivery_id"]
    delivery = store.deliveries.get(identifier)
    if delivery is None or (delivery.customer != call.who.id and not call.who.is_support):
        raise not_found("webhook delivery", identifier)
    return delivery
