"""A booking in an account's ledger."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.demo.service.records.values import Json, iso


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
