"""What the service knows when it starts: every customer, and for a part of them an account with a card."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from random import Random

from smartsandbox.demo.people import Person
from smartsandbox.demo.service.cards import fingerprint
from smartsandbox.demo.service.records import Account, Address, Card, Customer, Holder
from smartsandbox.demo.service.store import Ids, Store

_YEAR_S = 365 * 86_400


def secret_of(seed: int, purpose: str) -> bytes:
    """The service's signing secrets; published with the demo, so they protect nothing."""
    return hashlib.sha256(f"harbourpay demo secret/{purpose}/{seed}".encode()).digest()


def established(people: Sequence[Person]) -> tuple[Person, ...]:
    """Those who already have an account when the service starts: every other customer, and no staff."""
    return tuple(person for person in people if person.role == "customer")[::2]


def seeded_store(seed: int, people: Sequence[Person], now: float) -> Store:
    """The state at the start of day `now` (seconds since the epoch)."""
    rng = Random(f"seeding/{seed}")
    store = Store(Ids(seed))
    for person in people:
        created = int(now) - rng.randrange(_YEAR_S)
        store.customers[person.customer_id] = _customer(person, created)
    _add_accounts(store, rng, established(people), now)
    return store


def holder_of(person: Person) -> Holder:
    """A person as an account's holder."""
    address = Address(person.line1, person.city, person.postcode, person.country)
    return Holder(person.name, person.email, person.phone, person.birth_date.isoformat(), person.gender, address)


def _add_accounts(store: Store, rng: Random, people: Iterable[Person], now: float) -> None:
    opened = sorted(((int(now) - rng.randrange(3600, _YEAR_S), person) for person in people), key=lambda pair: pair[0])
    for created, person in opened:
        account = _account(store, person, created)
        store.accounts[account.id] = account
        store.book(account, "transfer_in", rng.randrange(80_00, 1_800_00), account.id, created)
        card = _card(store, rng, person, account, created)
        store.cards[card.id] = card


def _customer(person: Person, created: int) -> Customer:
    return Customer(
        id=person.customer_id,
        holder=holder_of(person),
        password=person.password,
        api_token=person.api_token,
        segment=person.segment,
        risk=person.risk,
        role=person.role,
        created=created,
    )


def _account(store: Store, person: Person, created: int) -> Account:
    return Account(
        id=store.ids.next("acct"),
        customer=person.customer_id,
        holder=holder_of(person),
        iban=person.iban,
        currency=person.currency,
        balance=0,
        status="active",
        segment=person.segment,
        risk=person.risk,
        created=created,
        channel="branch",
    )


def _card(store: Store, rng: Random, person: Person, account: Account, created: int) -> Card:
    return Card(
        id=store.ids.next("card"),
        account=account.id,
        customer=person.customer_id,
        brand=person.card_brand,
        last4=person.card_number[-4:],
        fingerprint=fingerprint(person.card_number),
        exp_month=rng.randint(1, 12),
        exp_year=2025 if rng.random() < 0.03 else rng.randint(2027, 2031),
        holder_name=person.name,
        created=created,
    )
