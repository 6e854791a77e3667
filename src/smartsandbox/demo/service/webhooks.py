"""Webhooks: an event becomes a delivery to the merchant, signed over its timestamp and exact bytes.

The signature is `t=<epoch seconds>,v1=<hex HMAC-SHA256 of "<t>.<payload>">`, as integrators know it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import Any

from smartsandbox.demo.service.records import Delivery
from smartsandbox.demo.service.store import Store

TOLERANCE_S = 300


def emit(store: Store, customer: str, event_type: str, data: dict[str, Any], merchant: str, now: float) -> Delivery:
    """Record a delivery of an event and put it into the outbox."""
    identifier = store.ids.next("wh")
    event = {"id": store.ids.next("evt"), "type": event_type, "created": int(now), "data": data}
    payload = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    delivery = Delivery(identifier, customer, event_type, endpoint_of(merchant), payload, "pending", (), int(now))
    store.deliveries[identifier] = delivery
    store.outbox.append(identifier)
    return delivery


def endpoint_of(merchant: str) -> str:
    """Where a merchant takes webhooks."""
    return f"https://hooks.{re.sub(r'[^a-z0-9]+', '-', merchant.lower()).strip('-')}.test/harbourpay"


def sign(payload: str, secret: bytes, now: float) -> str:
    """The value of the Webhook-Signature header."""
    return f"t={int(now)},v1={_mac(payload, secret, int(now))}"


def signature_ok(header: str, payload: str, secret: bytes, now: float) -> bool:
    """Whether a Webhook-Signature header is ours and no older (or newer) than five minutes."""
    found = re.fullmatch(r"t=(\d{1,12}),v1=([0-9a-f]{64})", header)
    if found is None or abs(now - int(found[1])) > TOLERANCE_S:
        return False
    return hmac.compare_digest(found[2], _mac(payload, secret, int(found[1])))


def _mac(payload: str, secret: bytes, at: int) -> str:
    return hmac.new(secret, f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
