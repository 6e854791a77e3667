"""A service in the test's own process: no sockets, and a clock that moves to wherever someone waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from smartsandbox.demo.people import Person, make_people
from smartsandbox.demo.service.api import Api
from smartsandbox.demo.service.http import HttpRequest, HttpResponse, read_query
from smartsandbox.demo.service.latency import Latency
from smartsandbox.demo.service.seeding import secret_of, seeded_store
from smartsandbox.demo.service.weather import Fault, Weather
from smartsandbox.replay_engine.clock import VirtualClock

EPOCH = 1_790_000_000.0


class InstantClock(VirtualClock):
    """Waiting takes no time: the clock is moved instead."""

    async def sleep_until(self, when: float) -> None:
        self.advance(max(0.0, when - self.now()))


class Calm(Weather):
    """Fails nothing, or what it is told to."""

    fault: Fault | None = None

    def next(self) -> Fault | None:
        return self.fault


class Shop:
    """The service with its people, and a client for it."""

    def __init__(self, people: tuple[Person, ...]) -> None:
        self.people = people
        self.clock = InstantClock()
        self.weather = Calm(1)
        self.delivered: list[str] = []
        self.api = Api(
            store=seeded_store(1, people, EPOCH),
            weather=self.weather,
            latency=Latency(1),
            secret=secret_of(1, "sessions"),
            clock=self.clock,
            epoch=EPOCH,
            deliver=self.delivered.append,
        )
        self.staff = next(person for person in people if person.role == "support")
        self.settled = self._customer(established=True)
        self.newcomer = self._customer(established=False)

    def _customer(self, *, established: bool) -> Person:
        holders = {account.customer for account in self.api.store.accounts.values()}
        return next(
            person
            for person in self.people
            if person.role == "customer" and person.risk == "low" and (person.customer_id in holders) is established
        )

    def raw(self, method: str, target: str, body: Any = None, token: str | None = None, **headers: str) -> HttpResponse:
        parts = urlsplit(target)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        request = HttpRequest(method, parts.path, read_query(parts.query.encode()), sent, content)
        return asyncio.run(self.api.serve(request))

    def call(
        self, method: str, target: str, body: Any = None, token: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        response = self.raw(method, target, body, token, **headers)
        # Tests have all the time in the world, so that only those about the rate limit meet it.
        self.clock.advance(1.0)
        return response.status, orjson.loads(response.body) if response.body else None

    def account_and_card(self) -> tuple[str, str]:
        token = self.settled.api_token
        account = self.call("GET", "/v1/accounts", token=token)[1]["data"][0]["id"]
        return account, self.call("GET", f"/v1/accounts/{account}/cards", token=token)[1]["data"][0]["id"]

    def pay(self, amount: int = 1_01, **headers: str) -> tuple[int, Any]:
        account, card = self.account_and_card()
        body = {"account": account, "card": card, "amount": amount, "currency": self.settled.currency}
        return self.call("POST", "/v1/payments", {**body, "merchant": "Tyne Books"}, self.settled.api_token, **headers)


@pytest.fixture(scope="session")
def demo_people() -> tuple[Person, ...]:
    return make_people(7, 40, 2)


@pytest.fixture
def shop(demo_people: tuple[Person, ...]) -> Shop:
    return Shop(demo_people)


@pytest.fixture
def error_code() -> Callable[[tuple[int, Any]], tuple[int, str]]:
    """The status and code of an error answer."""
    return lambda answer: (answer[0], answer[1]["error"]["code"])
