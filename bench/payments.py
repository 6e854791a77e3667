"""A made-up payments service under load: exchanges by their number, streamed, the same on every machine.

People grow with traffic: there is one for every five exchanges. As in real life a payment, a request id, a key against
repetition, a session's token, a time and a remark are new in each exchange or session, and the rest repeats.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

from smartsandbox.packs.model import Exchange, Headers, Request, Response

SERVICE = "harbour"
SEED = 20260301
EPOCH_US = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z."""
GAP_US = 90_000
"""Between two exchanges: 960,000 make a day."""
SESSION = 20
"""Exchanges of one session; a hundred sessions take turns."""
EXCHANGES_EACH = 5
"""Exchanges to a customer, on average: about a fifth of the customers are seen, each in a session or two."""
_LANES = 100
_POSTCODES, _CITIES = 40, 12
_STREETS = ("Quay Street", "Mill Lane", "Hill Road", "Church Walk")
_FIRST = ("Ada", "Bram", "Cleo", "Dov", "Elin", "Femi", "Gwen", "Hugo", "Ines", "Jun", "Kofi", "Lena", "Milo", "Nora")
_LAST = ("Arkwright", "Bellweather", "Castellan", "Dunmore", "Eastlake", "Farrow", "Greaves", "Holloway", "Ivory")
_GENDERS = ("female", "male", "unknown")
_AGENTS = tuple(f"HarbourKit/{n}.2 (Linux; build {n}0{n})" for n in range(1, 6))
_REMARKS = ("Rent for", "Invoice", "Dinner with", "Refund of", "Order")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
JSON = "application/json"


def _draw(*of: object) -> random.Random:
    return random.Random(sha256(repr((SEED, *of)).encode()).digest())


def _name(prefix: str, draw: random.Random, length: int = 16) -> str:
    return prefix + "".join(draw.choices(_LETTERS, k=length))


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the service."""

    id: str
    account: str
    first: str
    last: str
    email: str
    phone: str
    birth_date: str
    gender: str
    city: str
    postcode: str
    street: str

    @staticmethod
    def numbered(number: int) -> Person:
        """The person of that number."""
        draw = _draw("person", number)
        first, last = draw.choice(_FIRST), f"{draw.choice(_LAST)}{_name('', draw, 3).lower().translate(_NO_DIGITS)}"
        postcode = draw.randrange(_POSTCODES)
        return Person(
            id=_name("cus_", draw, 14),
            account=_name("acct_", draw),
            first=first,
            last=last.capitalize(),
            email=f"{first}.{last}{number}@mailbox.test".lower(),
            phone=f"+4479{draw.randrange(10**8):08d}",
            birth_date=f"{draw.randrange(1950, 2005)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 28):02d}",
            gender=draw.choices(_GENDERS, (48, 48, 4))[0],
            city=f"Port {chr(65 + postcode * _CITIES // _POSTCODES)}",
            postcode=f"HB{postcode:03d}",
            street=f"{draw.randrange(1, 200)} {draw.choice(_STREETS)}",
        )

    def shown(self) -> dict[str, object]:
        """As the service answers it."""
        return {
            "id": self.id,
            "object": "customer",
            "name": f"{self.first} {self.last}",
            "email": self.email,
            "phone": self.phone,
            "birth_date": self.birth_date,
            "gender": self.gender,
            "address": {"line1": self.street, "city": self.city, "postcode": self.postcode},
            "livemode": False,
        }


_numbered = lru_cache(2 * _LANES)(Person.numbered)

_NO_DIGITS = str.maketrans("0123456789", "abcdefghij")


@dataclass(frozen=True, slots=True)
class Traffic:
    """`count` exchanges of a crowd of customers; 0 `people` for one that grows with them."""

    count: int
    people: int = 0

    def exchanges(self) -> Iterator[Exchange]:
        """In order of time."""
        people = self.people or max(1, self.count // EXCHANGES_EACH)
        for number in range(self.count):
            yield self._exchange(number, people)

    def _exchange(self, number: int, people: int) -> Exchange:
        lane, turn = number % _LANES, number // _LANES
        session = f"s{turn // SESSION:06d}-{lane:02d}"
        draw, step = _draw("exchange", number), turn % SESSION
        person = _numbered(_draw("session", session).randrange(people))
        token = _name("tok_", _draw("token", session), 24)
        call = _Call(number, person, token, draw)
        request, answer = _STEPS[step % len(_STEPS)](call) if step else _login(call)
        return Exchange(
            id=f"x{number:08d}",
            service=SERVICE,
            started_us=EPOCH_US + number * GAP_US,
            request=request,
            response=answer,
            ttfb_us=4000 + draw.randrange(30_000),
            total_us=40_000 + draw.randrange(9000),
            session=session,
            source=f"load.har#{number}",
        )


@dataclass(frozen=True, slots=True)
class _Call:
    number: int
    person: Person
    token: str
    draw: random.Random

    def request(self, method: str, path: str, query: str = "", body: object = None, more: Headers = ()) -> Request:
        headers: Headers = (
            ("Accept", JSON),
            ("User-Agent", _AGENTS[self.number % len(_AGENTS)]),
            ("Authorization", f"Bearer {self.token}"),
            *((("Content-Type", JSON),) if body is not None else ()),
            *more,
        )
        sent = b"" if body is None else json.dumps(body).encode()
        return Request(method, "https", "api.harbour.test", path, query, headers, sent)

    def answer(self, body: object, status: int = 200) -> Response:
        headers: Headers = (
            ("Content-Type", JSON),
            ("Date", self.moment.strftime("%a, %d %b %Y %H:%M:%S GMT")),
            ("X-Request-Id", _name("req_", self.draw)),
            ("Cache-Control", "no-store"),
        )
        return Response(status, "OK", headers, json.dumps(body).encode())

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp((EPOCH_US + self.number * GAP_US) // 1_000_000, UTC)

    def payment(self, turns_ago: int) -> dict[str, object]:
        """One of the session's payments: its id is a function of when it was made."""
        made = self.number - turns_ago * _LANES
        draw = _draw("payment", made)
        return {
            "id": _name("pay_", draw),
            "object": "payment",
            "amount": draw.randrange(100, 90_000),
            "currency": draw.choice(("GBP", "EUR")),
            "status": "succeeded",
            "customer": self.person.id,
            "account": self.person.account,
            "created": (EPOCH_US + made * GAP_US) // 1_000_000,
            "remark": f"{draw.choice(_REMARKS)} {draw.randrange(10**6):06d} {self.person.first}",
        }


def _login(call: _Call) -> tuple[Request, Response]:
    sent = {"email": call.person.email, "password": _name("", call.draw, 12)}
    return call.request("POST", "/v1/sessions", body=sent), call.answer(
        {"token": call.token, "customer": call.person.shown()}, 201
    )


def _customer(call: _Call) -> tuple[Request, Response]:
    return call.request("GET", f"/v1/customers/{call.person.id}"), call.answer(call.person.shown())


def _pay(call: _Call) -> tuple[Request, Response]:
    made = call.payment(0)
    sent = {name: made[name] for name in ("amount", "currency", "customer", "remark")}
    key: Headers = (("Idempotency-Key", _name("", call.draw, 22)),)
    return call.request("POST", "/v1/payments", body=sent, more=key), call.answer(made, 201)


def _payment(call: _Call) -> tuple[Request, Response]:
    found = call.payment(1)
    return call.request("GET", f"/v1/payments/{found['id']}"), call.answer(found)


def _payments(call: _Call) -> tuple[Request, Response]:
    found = [call.payment(ago) for ago in (2, 1)]
    asked = call.request("GET", "/v1/payments", query=f"customer={call.person.id}&limit=2")
    return asked, call.answer({"object": "list", "has_more": True, "data": found})


_STEPS: tuple[Callable[[_Call], tuple[Request, Response]], ...] = (_customer, _pay, _payment, _payments)
