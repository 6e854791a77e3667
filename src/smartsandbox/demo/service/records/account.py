"""An account: money held for a customer."""

from __future__ import annotations

import json
from dataclasses import dataclass

from smartsandbox.demo.service.records.holder import Holder
from smartsandbox.demo.service.records.values import Json, iso


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
