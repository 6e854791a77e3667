"""A refund of a payment."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.demo.service.records.values import Json


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
