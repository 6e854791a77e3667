"""A card bound to an account."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.demo.service.records.values import Json


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
