"""The objects of the payments API. Amounts are whole minor units; `created` is seconds since the epoch."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def iso(seconds: float) -> str:
    """An instant as ISO 8601 in UTC with milliseconds and a Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    line1: str
    city: str
    postcode: str
    country: str

    def to_json(self) -> Json:
        return {"line1": self.line1, "city": self.city, "postcode": self.postcode, "country": self.country}


@dataclass(frozen=True, slots=True)
class Holder:
    """The person whom an account belongs to; `phone` is E.164, `birth_date` an ISO date."""

    name: str
    email: str
    phone: str
    birth_date: str
    gender: str
    address: Address

    def to_json(self) -> Json:
        return {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "birth_date": self.birth_date,
            "gender": self.gender,
            "address": self.address.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Customer:
    """Someone who may sign in. `role` is "customer" or "support"."""

    id: str
    holder: Holder
    password: str
    api_token: str
    segment: str
    risk: str
    role: str
    created: int

    @property
    def is_support(self) -> bool:
        """Support staff see every customer's objects."""
        return self.role == "support"

    def to_json(self) -> Json:
        who = {"id": self.id, "object": "customer", **self.holder.to_json()}
        return {**who, "segment": self.segment, "risk": self.risk, "role": self.role, "created": self.created}


@dataclass(frozen=True, slots=True)
class Account:
    """Money held for a customer. `status` is "active", "kyc_pending" or "frozen"."""

    id: str
    customer: str
    holder: Holder
    iban: str
    currency: str
    balance: int
    status: str
    segment: str
    risk: str
    created: int
    channel: str

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "object": "account",
            "customer": self.customer,
            "status": self.status,
            "currency": self.currency,
            "balance": self.balance,
            "iban": self.iban,
            "holder": self.holder.to_json(),
            "segment": self.segment,
            "risk": self.risk,
            "created": self.created,
            "opened_at": iso(self.created),
            # A string of JSON, as services keep what their clients attach.
            "metadata": json.dumps({"channel": self.channel, "opened_by": self.customer}),
        }


@dataclass(frozen=True, slots=True)
class Card:
    """A card bound to an account. The number is kept as a fingerprint and its last four digits."""

    id: str
    account: str
    customer: str
    brand: str
    last4: str
    fingerprint: str
    exp_month: int
    exp_year: int
    holder_name: str
    created: int

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "object": "card",
            "account": self.account,
            "brand": self.brand,
            "last4": self.last4,
            "fingerprint": self.fingerprint,
            "exp_month": self.exp_month,
            "exp_year": self.exp_year,
            "holder_name": self.holder_name,
            "created": self.created,
        }


@dataclass(frozen=True, slots=True)
class Payment:
    """A charge. `status` is "succeeded", "failed", "refunded", "partially_refunded" or "disputed"."""

    id: str
    account: str
    card: str
    customer: str
    customer_email: str
    amount: int
    refunded: int
    currency: str
    merchant: str
    description: str
    status: str
    failure_code: str | None
    created: int

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "object": "payment",
            "account": self.account,
            "card": self.card,
            "customer": self.customer,
            "customer_email": self.customer_email,
            "amount": self.amount,
            "amount_refunded": self.refunded,
            "currency": self.currency,
            "merchant": self.merchant,
            "description": self.description,
            "status": self.status,
            "failure_code": self.failure_code,
            "created": self.created,
            "created_at": iso(self.created),
            "receipt": base64.b64encode(self.receipt().encode()).decode(),
        }

    def receipt(self) -> str:
        """The text that is printed for the customer."""
        amount = f"{self.amount / 100:.2f} {self.currency}"
        return f"HarbourPay receipt {self.id}\n{self.merchant}\n{amount}\nSent to {self.customer_email}\n"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back for a payment."""

    id: str
    payment: str
    customer: str
    amount: int
    currency: str
    reason: str
    created: int

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "object": "refund",
            "payment": self.payment,
            "amount": self.amount,
            "currency": self.currency,
            "reason": self.reason,
            "status": "succeeded",
            "created": self.created,
        }


@dataclass(frozen=True, slots=True)
class Dispute:
    """A customer's objection to a payment. `status` is "needs_response" or "under_review"."""

    id: str
    payment: str
    customer: str
    amount: int
    currency: str
    reason: str
    statement: str
    contact_email: str
    status: str
    created: int
    respond_by: int

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "object": "dispute",
            "payment": self.payment,
            "amount": self.amount,
            "currency": self.currency,
            "reason": self.reason,
            "status": self.status,
            "evidence": {"statement": self.statement, "contact_email": self.contact_email},
            "created": self.created,
            "respond_by": iso(self.respond_by),
        }


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One booking. Its number is beyond 2**53, as a 64-bit sequence of a bank's ledger is."""

    id: int
    account: str
    kind: str
    amount: int
    balance_after: int
    source: str
    created: int

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "object": "ledger_entry",
            "account": self.account,
            "type": self.kind,
            "amount": self.amount,
            "balance_after": self.balance_after,
            "source": self.source,
            "booked_at": iso(self.created),
        }


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver. `status` is the receiver's answer, None where it gave none."""

    at: float
    status: int | None
    duration_ms: int

    def to_json(self) -> Json:
        return {"at": iso(self.at), "response_status": self.status, "duration_ms": self.duration_ms}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook to a merchant. `payload` is the exact text that is signed and sent; `status` is "pending",
    "delivered" or "dead"."""

    id: str
    customer: str
    event_type: str
    endpoint: str
    payload: str
    status: str
    attempts: tuple[Attempt, ...]
    created: int

    def summary(self) -> Json:
        return {
            "id": self.id,
            "object": "webhook_delivery",
            "event_type": self.event_type,
            "endpoint": self.endpoint,
            "status": self.status,
            "attempts": [attempt.to_json() for attempt in self.attempts],
            "created": self.created,
        }

    def to_json(self) -> Json:
        return {**self.summary(), "payload": self.payload}
