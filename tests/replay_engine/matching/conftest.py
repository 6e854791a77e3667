"""A small bank as a pack: accounts of two callers, payments, a search, GraphQL, and errors of its own kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.model import Exchange, Headers
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import Exchanger

ALICE: Headers = (("Authorization", "Bearer alice"),)
BOB: Headers = (("Authorization", "Bearer bob"),)
QUERY = "query Balance($id: ID!) { account(id: $id) { id left } }"


def account(number: str, left: int, who: Headers, session: str, at: int, path: str = "") -> Exchange:
    body = {"account_id": number, "left": left, "self": f"https://api.example.com/v1/accounts/{number}", "of": 1}
    request = a_request(target=f"/v1/accounts/{number}{path}", headers=who)
    return an_exchange(f"{session}-{at}", request, a_response(json=body), session=session, at_us=at)


def bank() -> list[Exchange]:
    problem = (("Content-Type", "application/problem+json"),)
    pay = {"amount": 500, "currency": "EUR", "ref": "ref_000001", "note": "rent"}
    paid = {"id": "pay_900001", "amount": 500, "ref": "ref_000001", "note": "rent", "status": "done"}
    return [
        account("acct_a00001", 10, ALICE, "sa", 1),
        account("acct_a00001", 8, ALICE, "sa", 2),
        account("acct_a00001", 3, ALICE, "sa", 3, "/limits"),
        account("acct_b00001", 20, BOB, "sb", 4),
        account("acct_b00001", 7, BOB, "sb", 5, "/cards"),
        an_exchange(
            "pay",
            a_request("POST", "/v1/payments", json=pay, headers=ALICE),
            a_response(201, json=paid, reason="Created", headers=(("Location", "/v1/payments/pay_900001"),)),
            session="sa",
            at_us=6,
        ),
        an_exchange(
            "paid",
            a_request(target="/v1/payments/pay_900001", headers=ALICE),
            a_response(json={**paid, "status": "settled"}),
            session="sa",
            at_us=7,
        ),
        an_exchange(
            "put",
            a_request("PUT", "/v1/profiles/prof_00001", json={"name": "Ann", "id": "prof_00001"}, headers=ALICE),
            a_response(json={"id": "prof_00001", "name": "Ann"}),
            session="sa",
            at_us=8,
        ),
        an_exchange(
            "prof",
            a_request(target="/v1/profiles/prof_00001/badge?size=2", headers=ALICE),
            a_response(json={"owner": "prof_00001", "size": 2}),
            session="sa",
            at_us=9,
        ),
        an_exchange(
            "gql",
            a_request("POST", "/graphql", json={"query": QUERY, "variables": {"id": "acct_a00001"}}, headers=ALICE),
            a_response(json={"data": {"account": {"id": "acct_a00001", "left": 8}}}),
            session="sa",
            at_us=10,
        ),
        an_exchange(
            "lost",
            a_request(target="/v1/accounts/acct_z99999", headers=ALICE),
            a_response(
                404,
                reason="Not Found",
                body=json.dumps({"code": "no_account", "was": "acct_z99999"}).encode(),
                headers=problem,
            ),
            session="sa",
            at_us=11,
        ),
        an_exchange(
            "bad",
            a_request("POST", "/v1/payments", json={"amount": -1}, headers=ALICE),
            a_response(422, json={"code": "amount"}, reason="Unprocessable"),
            session="sa",
            at_us=12,
        ),
    ]


@pytest.fixture(scope="session")
def bank_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("bank"), bank(), "bank")


class Answered:
    """What came back: status, headers in lower case, body."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.raw = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def match(self) -> str:
        return self.headers["x-sandbox-match"]


Ask = Callable[..., Answered]


class Bank:
    """The bank being served; `ask` sends one request."""

    def __init__(self, pack: Pack, **options: Any) -> None:
        matching = options.pop("rules", None)
        rules = Matching.from_json(matching) if matching is not None else None
        self.exchanger = Exchanger(pack, VirtualClock(), ServeOptions(latency=Scaled(0.0), matching=rules, **options))

    def ask(
        self, method: str, target: str, tree: Any = None, who: Headers = ALICE, *lines: str, body: bytes = b""
    ) -> Answered:
        body = json.dumps(tree).encode() if tree is not None else body
        kind = ["Content-Type: application/json"] if tree is not None else []
        heads = [f"{method} {target} HTTP/1.1", "Host: api.example.com", *(f"{n}: {v}" for n, v in who), *kind, *lines]
        answered = self.exchanger.ask("\r\n".join((*heads, f"Content-Length: {len(body)}", "", "")).encode() + body)
        return Answered(answered)

    def stats(self) -> Any:
        return self.ask("GET", "/__sandbox/stats").json


@pytest.fixture
def serve(bank_pack: Pack) -> Callable[..., Bank]:
    return lambda **options: Bank(bank_pack, **options)
