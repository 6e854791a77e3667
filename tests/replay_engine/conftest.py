"""A small shop as a pack, for the tests of the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.model import Exchange, FailureKind
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

ALICE = (("Authorization", "Bearer alice"),)
BOB = (("Authorization", "Bearer bob"),)


def shop() -> list[Exchange]:
    """Balances that change, two callers, a compressed answer, an order by JSON, and three ways to fail."""
    plain = (("Date", "Tue, 14 Nov 2023 22:13:20 GMT"), ("X-Kind", "a"), ("X-Kind", "b"))
    zipped = (("Content-Encoding", "gzip"), ("Content-Type", "text/plain"))
    return [
        an_exchange("b1", a_request(target="/balance"), a_response(json={"left": 3}, headers=plain), at_us=0),
        an_exchange("b2", a_request(target="/balance"), a_response(json={"left": 2}), at_us=10_000),
        an_exchange("b3", a_request(target="/balance"), a_response(json={"left": 1}), at_us=20_000),
        an_exchange("a1", a_request(target="/me", headers=ALICE), a_response(json={"i": "alice"}), session="sa"),
        an_exchange("o1", a_request(target="/me", headers=BOB), a_response(json={"i": "bob"}), session="sb"),
        an_exchange("n1", a_request(target="/me"), a_response(401, json={"i": None}, reason="Unauthorized")),
        an_exchange("z1", a_request(target="/text"), a_response(body=b"word " * 50, headers=zipped), at_us=30_000),
        an_exchange(
            "p1",
            a_request("POST", "/orders?b=2&a=1", json={"sku": "x", "n": 1}),
            a_response(201, json={"id": "ord_1"}, reason="Created"),
            at_us=40_000,
        ),
        an_exchange("d1", a_request("DELETE", "/orders/1"), a_response(204, reason="No Content"), at_us=45_000),
        an_exchange("r1", a_request(target="/reset"), failure=FailureKind.RESET, at_us=50_000),
        an_exchange("u1", a_request(target="/silent"), failure=FailureKind.UNANSWERED, at_us=60_000),
        an_exchange(
            "t1",
            a_request(target="/cut"),
            a_response(body=b"half", headers=(("Content-Length", "8"),)),
            failure=FailureKind.TRUNCATED,
            at_us=70_000,
        ),
    ]


@pytest.fixture(scope="session")
def shop_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The shop, published."""
    folder: Path = tmp_path_factory.mktemp("shop")
    return make_pack(folder, shop(), "shop")
