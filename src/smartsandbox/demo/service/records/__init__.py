"""The objects of the payments API. Amounts are whole minor units; `created` is seconds since the epoch."""

from __future__ import annotations

from smartsandbox.demo.service.records.account import Account
from smartsandbox.demo.service.records.card import Card
from smartsandbox.demo.service.records.customer import Customer
from smartsandbox.demo.service.records.delivery import Attempt, Delivery
from smartsandbox.demo.service.records.dispute import Dispute
from smartsandbox.demo.service.records.holder import Address, Holder
from smartsandbox.demo.service.records.ledger_entry import LedgerEntry
from smartsandbox.demo.service.records.payment import Payment
from smartsandbox.demo.service.records.refund import Refund
from smartsandbox.demo.service.records.values import Json, iso

__all__ = [
    "Account",
    "Address",
    "Attempt",
    "Card",
    "Customer",
    "Delivery",
    "Dispute",
    "Holder",
    "Json",
    "LedgerEntry",
    "Payment",
    "Refund",
    "iso",
]
