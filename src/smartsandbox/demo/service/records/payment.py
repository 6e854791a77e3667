"""A payment: a charge on a card."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from smartsandbox.demo.service.records.values import Json, iso


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
