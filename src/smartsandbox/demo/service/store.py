"""All the state of the service, in memory, and the ids it gives out.

Ids look random and are a function of the seed and of how many of their kind were made before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from smartsandbox.demo.service.records import (
    Account,
    Card,
    Customer,
    Delivery,
    Dispute,
    LedgerEntry,
    Payment,
    Refund,
)

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FIRST_ENTRY = 7_204_117_000_000_000_000


def base62(number: int, length: int) -> str:
    """The last `length` base-62 digits of a number."""
    digits = []
    for _ in range(length):
        number, rest = divmod(number, 62)
        digits.append(_BASE62[rest])
    return "".join(digits)


@dataclass(slots=True)
class Ids:
    """Gives out ids such as "pay_3kT0…": a prefix and 16 base-62 digits, one sequence for each prefix."""

    seed: int
    counts: dict[str, int] = field(default_factory=dict)

    def next(self, prefix: str, length: int = 16) -> str:
        """The next id of a kind; never one given before."""
        count = self.counts.get(prefix, 0)
        self.counts[prefix] = count + 1
        digest = hashlib.sha256(f"{self.seed}/{prefix}/{count}".encode()).digest()
        return f"{prefix}_{base62(int.from_bytes(digest, 'big'), length)}"


@dataclass(slots=True)
class Store:
    """Every object by id, in the order of creation, and the webhooks not yet handed to the sender."""

    ids: Ids
    customers: dict[str, Customer] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    entries: list[LedgerEntry] = field(default_factory=list)
    outbox: list[str] = field(default_factory=list)

    def by_email(self, email: str) -> Customer | None:
        """The customer with this e-mail address, compared without case."""
        wanted = email.lower()
        return next((found for found in self.customers.values() if found.holder.email.lower() == wanted), None)

    def by_api_token(self, token: str) -> Customer | None:
        """The customer whom an API token belongs to."""
        return next((found for found in self.customers.values() if found.api_token == token), None)

    def cards_of(self, account: str) -> list[Card]:
        """The cards bound to an account, oldest first."""
        return [card for card in self.cards.values() if card.account == account]

    def book(self, account: Account, kind: str, amount: int, source: str, now: float) -> Account:
        """Add `amount` to the balance and write the ledger entry; the account as it stands afterwards."""
        after = replace(account, balance=account.balance + amount)
        self.accounts[account.id] = after
        number = _FIRST_ENTRY + len(self.entries) * 1_000_003
        self.entries.append(LedgerEntry(number, account.id, kind, amount, after.balance, source, int(now)))
        return after

    def entries_of(self, account: str) -> list[LedgerEntry]:
        """The bookings of an account, oldest first."""
        return [entry for entry in self.entries if entry.account == account]
