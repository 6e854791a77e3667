"""Accounts: opened by a customer with personal data, listed, changed, and their ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smartsandbox.demo.service import fields
from smartsandbox.demo.service.call import Answer, Call
from smartsandbox.demo.service.errors import ApiError, conflict, invalid, not_found
from smartsandbox.demo.service.pages import created_within, page
from smartsandbox.demo.service.records import Account, Address, Holder
from smartsandbox.demo.service.store import Store
from smartsandbox.demo.service.webhooks import emit
from smartsandbox.packs.checksums import iban_holds

CURRENCIES = ("EUR", "GBP", "USD")
STATUSES = ("active", "kyc_pending", "frozen")
OPENING_BONUS = {"gold": 400_00, "standard": 150_00}


def open_account(store: Store, call: Call) -> Answer:
    """POST /v1/accounts. One account a customer and currency; a high-risk customer's waits for KYC."""
    who = call.who
    currency = fields.choice(call.body, "currency", CURRENCIES)
    holder = read_holder(fields.part(call.body, "holder"))
    iban = fields.text(call.body, "iban")
    if not iban_holds(iban):
        raise invalid("iban", f"iban {iban} does not pass its checksum")
    for account in store.accounts.values():
        if account.customer == who.id and account.currency == currency:
            raise conflict("account_exists", f"Customer {who.id} already has the {currency} account {account.id}")
    account = Account(
        id=store.ids.next("acct"),
        customer=who.id,
        holder=holder,
        iban=iban,
        currency=currency,
        balance=0,
        status="kyc_pending" if who.risk == "high" else "active",
        segment=who.segment,
        risk=who.risk,
        created=int(call.now),
        channel=str(call.body.get("channel", "api")),
    )
    store.accounts[account.id] = account
    account = store.book(account, "opening_bonus", OPENING_BONUS[who.segment], account.id, call.now)
    emit(store, who.id, "account.opened", account.to_json(), "Partner Desk", call.now)
    return Answer(201, account.to_json(), (("location", f"/v1/accounts/{account.id}"),))


def list_accounts(store: Store, call: Call) -> Answer:
    """GET /v1/accounts with status, currency, email, created[gte] and pages; support staff see everybody's."""
    who, query = call.who, call.query
    found = [account for account in store.accounts.values() if who.is_support or account.customer == who.id]
    if "status" in query:
        status = fields.choice(query, "status", STATUSES)
        found = [account for account in found if account.status == status]
    if "email" in query:
        email = fields.email(query).lower()
        found = [account for account in found if account.holder.email.lower() == email]
    return Answer(200, page("/v1/accounts", created_within(found, query)[::-1], query, Account.to_json))


def show_account(store: Store, call: Call) -> Answer:
    """GET /v1/accounts/{account_id}."""
    return Answer(200, visible_account(store, call, call.params["account_id"]).to_json())


def change_account(store: Store, call: Call) -> Answer:
    """PATCH /v1/accounts/{account_id}: a new phone number or address."""
    account = visible_account(store, call, call.params["account_id"])
    holder = account.holder
    if "phone" in call.body:
        holder = replace(holder, phone=fields.phone(call.body))
    if "address" in call.body:
        holder = replace(holder, address=_address(fields.part(call.body, "address")))
    if holder == account.holder:
        raise ApiError(400, "invalid_request_error", "nothing_to_change", "Give a phone or an address that differs")
    store.accounts[account.id] = changed = replace(account, holder=holder)
    return Answer(200, changed.to_json())


def show_ledger(store: Store, call: Call) -> Answer:
    """GET /v1/accounts/{account_id}/ledger, newest booking first."""
    account = visible_account(store, call, call.params["account_id"])
    entries = store.entries_of(account.id)[::-1]
    path = f"/v1/accounts/{account.id}/ledger"
    return Answer(200, page(path, created_within(entries, call.query), call.query, lambda entry: entry.to_json()))


def visible_account(store: Store, call: Call, identifier: str) -> Account:
    """The account if it exists and the caller may see it, else the 404 answer."""
    account = store.accounts.get(identifier)
    if account is None or (account.customer != call.who.id and not call.who.is_support):
        raise not_found("account", identifier)
    return account


def read_holder(body: Any) -> Holder:
    """The person in a request body."""
    return Holder(
        name=fields.text(body, "name", 120),
        email=fields.email(body),
        phone=fields.phone(body),
        birth_date=fields.birth_date(body),
        gender=fields.choice(body, "gender", ("female", "male", "other")),
        address=_address(fields.part(body, "address")),
    )


def _address(body: Any) -> Address:
    return Address(*(fields.text(body, name, 120) for name in ("line1", "city", "postcode", "country")))
