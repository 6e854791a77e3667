"""The card issuer's decision on a payment: a pure function of card, account, amount and date."""

from __future__ import annotations

import hashlib

from smartsandbox.demo.service.cards import expired
from smartsandbox.demo.service.errors import ApiError, conflict, declined
from smartsandbox.demo.service.records import Account, Card

_DECLINE_SHARE = {"low": 0.02, "medium": 0.09, "high": 0.4}


def decide(account: Account, card: Card, amount: int, now: float) -> ApiError | None:
    """None to authorise, else the answer that says why not.

    Refused are frozen or unverified accounts, expired cards, amounts above the balance, and a share of the rest that
    grows with the account's risk tag. The same card and amount are always decided alike.
    """
    if account.status != "active":
        return conflict("account_not_active", f"Account {account.id} is {account.status} and cannot be charged")
    if expired(card, now):
        return declined("expired_card", f"The card ending in {card.last4} expired in {card.exp_month}/{card.exp_year}")
    if amount > account.balance:
        return declined("insufficient_funds", f"Account {account.id} has insufficient funds for this payment")
    if _draw(card.fingerprint, amount) < _DECLINE_SHARE[account.risk]:
        return declined("card_declined", f"The issuer declined the card ending in {card.last4} of {card.holder_name}")
    return None


def _draw(fingerprint: str, amount: int) -> float:
    digest = hashlib.sha256(f"{fingerprint}/{amount}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
