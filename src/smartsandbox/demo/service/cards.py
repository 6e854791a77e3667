"""Cards: bound to an account by their number, shown by their last four digits."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

from smartsandbox.demo.account_numbers import brand_of, is_card_number
from smartsandbox.demo.service import fields
from smartsandbox.demo.service.accounts import visible_account
from smartsandbox.demo.service.call import Answer, Call
from smartsandbox.demo.service.errors import conflict, invalid, not_found
from smartsandbox.demo.service.pages import page
from smartsandbox.demo.service.records import Card
from smartsandbox.demo.service.store import Store


def bind_card(store: Store, call: Call) -> Answer:
    """POST /v1/accounts/{account_id}/cards."""
    account = visible_account(store, call, call.params["account_id"])
    number = fields.text(call.body, "number", 19)
    if not is_card_number(number):
        raise invalid("number", f"Card number {number} is not valid")
    fields.text(call.body, "cvc", 4)
    mark = fingerprint(number)
    if any(card.fingerprint == mark for card in store.cards_of(account.id)):
        raise conflict("card_exists", f"The card ending in {number[-4:]} is already bound to account {account.id}")
    card = Card(
        id=store.ids.next("card"),
        account=account.id,
        customer=account.customer,
        brand=brand_of(number),
        last4=number[-4:],
        fingerprint=mark,
        exp_month=fields.whole(call.body, "exp_month", 1, 12),
        exp_year=fields.whole(call.body, "exp_year", 2000, 2099),
        holder_name=fields.text(call.body, "holder_name", 120),
        created=int(call.now),
    )
    store.cards[card.id] = card
    return Answer(201, card.to_json(), (("location", f"/v1/cards/{card.id}"),))


def list_cards(store: Store, call: Call) -> Answer:
    """GET /v1/accounts/{account_id}/cards, newest first."""
    account = visible_account(store, call, call.params["account_id"])
    cards = store.cards_of(account.id)[::-1]
    return Answer(200, page(f"/v1/accounts/{account.id}/cards", cards, call.query, Card.to_json))


def show_card(store: Store, call: Call) -> Answer:
    """GET /v1/cards/{card_id}."""
    return Answer(200, visible_card(store, call, call.params["card_id"]).to_json())


def visible_card(store: Store, call: Call, identifier: str) -> Card:
    """The card if it exists and the caller may see it, else the 404 answer."""
    card = store.cards.get(identifier)
    if card is None or (card.customer != call.who.id and not call.who.is_support):
        raise not_found("card", identifier)
    return card


def fingerprint(number: str) -> str:
    """The same for the same number, wherever it is bound: base64 of a SHA-256."""
    return base64.b64encode(hashlib.sha256(b"harbourpay card " + number.encode()).digest()[:18]).decode()


def expired(card: Card, now: float) -> bool:
    """Whether the card's last month is over."""
    today = datetime.fromtimestamp(now, UTC)
    return (card.exp_year, card.exp_month) < (today.year, today.month)
