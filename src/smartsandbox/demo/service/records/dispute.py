"""A dispute about a payment."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.demo.service.records.values import Json, iso


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
