"""What customers come to do: journeys, each a list of requests that build on each other's answers.

A request may hold `${names}`, which stand for values kept from earlier answers (`keeps` says which). Every journey is
a function of a person and a seeded generator.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

from smartsandbox.demo.people import Person, token

MERCHANTS = (
    "Copper Kettle Ltd",
    "Nordlicht Fahrräder GmbH",
    "Atelier Lumière",
    "Prairie Hardware Co",
    "Tyne Books",
    "Blumen am Markt",
    "Boulangerie du Port",
    "Redwood Outfitters",
    "Canal Street Records",
    "Gartenwelt Süd",
)
_GOODS = ("Order", "Subscription", "Gift card", "Repair", "Weekly shop")
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

Keeps = tuple[tuple[str, tuple[str | int, ...]], ...]
"""Name and where its value stands in a JSON answer; the place ("@etag",) is the ETag header."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of a journey. `hasty` requests follow their predecessor without a pause."""

    method: str
    target: str
    body: str | None = None
    media: str = JSON
    keeps: Keeps = ()
    signed_in: bool = True
    headers: tuple[tuple[str, str], ...] = ()
    hasty: bool = False


Journey = Callable[[Person, Random], list[Ask]]


def onboard(person: Person, rng: Random) -> list[Ask]:
    """Sign in, open an account, bind a card and make the first payment."""
    return [
        sign_in(person),
        Ask("GET", f"/v1/customers/{person.customer_id}"),
        Ask("GET", "/v1/accounts"),
        Ask("POST", "/v1/accounts", _account_body(person), keeps=(("account", ("id",)),)),
        Ask("GET", "/v1/accounts/${account}", keeps=(("etag", ("@etag",)),)),
        Ask("POST", "/v1/accounts/${account}/cards", _card_body(person, rng), keeps=(("card", ("id",)),)),
        Ask("GET", "/v1/accounts/${account}/cards?limit=5"),
        _pay(person, rng),
        Ask("GET", "/v1/payments/${payment}"),
        Ask("GET", "/v1/accounts/${account}", headers=(("If-None-Match", "${etag}"),)),
        Ask("GET", "/v1/accounts/${account}/ledger"),
    ]


def shop(person: Person, rng: Random) -> list[Ask]:
    """Pay a few times and look at the payments."""
    payments = [
        ask for _ in range(rng.randint(1, 3)) for ask in (_pay(person, rng), Ask("GET", "/v1/payments/${payment}"))
    ]
    return [
        *_come_back(person, rng),
        *payments,
        Ask("GET", "/v1/payments?status=succeeded&limit=5"),
        Ask("GET", f"/v1/payments?customer_email={quote(person.email)}&limit=10"),
        Ask("GET", "/v1/accounts/${account}", headers=(("If-None-Match", "${etag}"),)),
        Ask("GET", "/v1/accounts/${account}/ledger?limit=5"),
    ]


def refund(person: Person, rng: Random) -> list[Ask]:
    """Pay, and ask for the money back; sometimes twice."""
    body = json.dumps({"reason": rng.choice(("requested_by_customer", "duplicate"))})
    again = [Ask("POST", "/v1/payments/${payment}/refunds", body)] if rng.random() < 0.3 else []
    return [
        *_come_back(person, rng),
        _pay(person, rng),
        Ask("GET", "/v1/payments/${payment}"),
        Ask("POST", "/v1/payments/${payment}/refunds", body, keeps=(("refund", ("id",)),)),
        *again,
        Ask("GET", "/v1/refunds/${refund}"),
        Ask(
            "GET", "/v1/webhook_deliveries?event_type=refund.created&limit=3", keeps=(("delivery", ("data", 0, "id")),)
        ),
        Ask("GET", "/v1/webhook_deliveries/${delivery}"),
        Ask("GET", "/v1/accounts/${account}/ledger?limit=3"),
    ]


def dispute(person: Person, rng: Random) -> list[Ask]:
    """Object to a payment, first in JSON and then with a form."""
    opened = {
        "payment": "${payment}",
        "reason": rng.choice(("fraudulent", "not_received", "unrecognised")),
        "statement": f"I, {person.name}, did not make this payment. Please call me on {person.phone}.",
        "contact_email": person.email,
    }
    evidence = f"{person.name}, {person.line1}, {person.postcode} {person.city}: the parcel never arrived."
    return [
        *_come_back(person, rng),
        _pay(person, rng),
        Ask("POST", "/v1/disputes", json.dumps(opened, ensure_ascii=False), keeps=(("dispute", ("id",)),)),
        Ask("GET", "/v1/disputes/${dispute}"),
        Ask("POST", "/v1/disputes/${dispute}/evidence", f"statement={quote(evidence)}", FORM),
        Ask("GET", "/v1/disputes?status=under_review"),
        Ask("GET", "/v1/payments/${payment}"),
        Ask("GET", "/v1/webhook_deliveries?limit=5", keeps=(("delivery", ("data", 0, "id")),)),
        Ask("POST", "/v1/webhook_deliveries/${delivery}/redeliver"),
    ]


def move(person: Person, rng: Random) -> list[Ask]:
    """Change the phone number on the account, and look around."""
    phone = person.phone[:-3] + f"{rng.randrange(1000):03d}"
    return [
        *_come_back(person, rng),
        Ask("GET", f"/v1/customers/{person.customer_id}"),
        Ask("PATCH", "/v1/accounts/${account}", json.dumps({"phone": phone})),
        Ask("GET", "/v1/accounts/${account}"),
        Ask("GET", "/v1/payments?created[gte]=1700000000&limit=3"),
    ]


def blunder(person: Person, rng: Random) -> list[Ask]:
    """Everything that goes wrong at a customer's end: passwords, ids, amounts, cards."""
    number = person.card_number[:-1] + str((int(person.card_number[-1]) + 1) % 10)
    wrong_card = {"number": number, "cvc": "123", "exp_month": 5, "exp_year": 2029, "holder_name": person.name}
    mistakes = [
        Ask("GET", f"/v1/accounts/acct_{token(rng, 16)}"),
        Ask("GET", f"/v1/payments/pay_{token(rng, 16)}"),
        Ask("POST", "/v1/accounts/${account}/cards", json.dumps(wrong_card)),
        Ask("POST", "/v1/payments", '{"account":"${account}","card":"${card}","amount":-5,"currency":"EUR"}'),
        Ask("POST", "/v1/payments", '{"account":"${account}","amount":'),
        Ask("POST", "/v1/accounts", json.dumps({"currency": person.currency})),
        Ask("GET", "/v1/payments?status=lost"),
        Ask("GET", "/v1/accounts", signed_in=False),
        _pay(person, rng, amount=rng.randint(3_000_00, 9_000_00)),
        _pay(person, rng, amount=rng.randint(3_000_00, 9_000_00)),
    ]
    bad = {"email": person.email, "password": token(rng, 9)}
    wrong_password = Ask("POST", "/v1/sessions", json.dumps(bad), signed_in=False)
    first, count = rng.randrange(len(mistakes)), rng.randint(4, 8)
    return [wrong_password, *_come_back(person, rng), *(mistakes + mistakes)[first : first + count]]


def support(person: Person, rng: Random) -> list[Ask]:
    """Staff at work: find a customer, page through accounts, look at failures, redeliver a webhook."""
    return [
        sign_in(person),
        Ask("GET", "/v1/accounts?limit=5", keeps=_FIRST_PAGE),
        Ask("GET", "${next}", keeps=(("next", ("next",)),)),
        Ask("GET", "${next}"),
        Ask("GET", "/v1/accounts?email=${email}"),
        Ask("GET", "/v1/accounts/${account}"),
        Ask("GET", f"/v1/payments?status={rng.choice(('failed', 'succeeded', 'refunded'))}&limit=5"),
        Ask("GET", "/v1/disputes?status=needs_response&limit=5"),
        Ask("GET", "/v1/accounts?status=kyc_pending&limit=3"),
        Ask("GET", "/v1/webhook_deliveries?limit=4", keeps=(("delivery", ("data", 3, "id")),)),
        Ask("GET", "/v1/webhook_deliveries/${delivery}"),
        Ask("POST", "/v1/webhook_deliveries/${delivery}/redeliver"),
    ]


def export(person: Person, rng: Random) -> list[Ask]:
    """A script of the staff that pages as fast as it can and meets the rate limit."""
    pages = [Ask("GET", "${next}", keeps=(("next", ("next",)),), hasty=True) for _ in range(18)]
    return [sign_in(person), Ask("GET", "/v1/payments?limit=2", keeps=(("next", ("next",)),)), *pages]


def sign_in(person: Person) -> Ask:
    """E-mail and password for a token."""
    body = json.dumps({"email": person.email, "password": person.password})
    return Ask("POST", "/v1/sessions", body, keeps=(("token", ("token",)),), signed_in=False)


_FIRST_PAGE: Keeps = (("next", ("next",)), ("account", ("data", 2, "id")), ("email", ("data", 3, "holder", "email")))


def _come_back(person: Person, rng: Random) -> list[Ask]:
    """What a customer with an account does first; a third come with an API token and need not sign in."""
    start = [sign_in(person)] if rng.random() < 0.67 else []
    return [
        *start,
        Ask("GET", "/v1/accounts?limit=3", keeps=(("account", ("data", 0, "id")),)),
        Ask("GET", "/v1/accounts/${account}", keeps=(("etag", ("@etag",)),)),
        Ask("GET", "/v1/accounts/${account}/cards", keeps=(("card", ("data", 0, "id")),)),
    ]


def _pay(person: Person, rng: Random, amount: int | None = None) -> Ask:
    merchant = rng.choice(MERCHANTS)
    body = {
        "account": "${account}",
        "card": "${card}",
        "amount": amount or round(rng.lognormvariate(7.6, 0.9)) + 50,
        "currency": person.currency,
        "merchant": merchant,
        "description": f"{rng.choice(_GOODS)} {rng.randint(1000, 9999)} for {person.name}",
    }
    return Ask("POST", "/v1/payments", json.dumps(body, ensure_ascii=False), keeps=(("payment", ("id",)),))


def _account_body(person: Person) -> str:
    address = {"line1": person.line1, "city": person.city, "postcode": person.postcode, "country": person.country}
    holder: dict[str, Any] = {"name": person.name, "email": person.email, "phone": person.phone}
    holder |= {"birth_date": person.birth_date.isoformat(), "gender": person.gender, "address": address}
    body = {"currency": person.currency, "iban": person.iban, "channel": "web", "holder": holder}
    return json.dumps(body, ensure_ascii=False)


def _card_body(person: Person, rng: Random) -> str:
    body = {"number": person.card_number, "cvc": f"{rng.randrange(1000):03d}", "holder_name": person.name}
    return json.dumps(body | {"exp_month": rng.randint(1, 12), "exp_year": rng.randint(2027, 2031)}, ensure_ascii=False)
