"""Which answer gave each value of a request, as a pack holds it."""

from __future__ import annotations

from pathlib import Path

from smartsandbox.packs.model import FailureKind
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

BEARER = (("Authorization", "Bearer tok_123456"),)


def test_each_use_of_a_value_is_a_row_in_order_of_the_requests(tmp_path: Path) -> None:
    login = a_response(json={"user": {"id": "u_99887"}, "tokens": [{"t": "tok_000000"}, {"t": "tok_123456"}]})
    exchanges = [
        an_exchange("1", a_request("POST", "/login"), login),
        an_exchange("2", a_request("GET", "/users/u_99887", headers=BEARER), a_response(), at_us=1),
        an_exchange("3", a_request("GET", "/users/u_11111"), a_response(), at_us=2),
        an_exchange("4", a_request("POST", "/pay", json={"by": "u_99887"}), a_response(), at_us=3, session="s2"),
        an_exchange("5", a_request("POST", "/pay", json={"by": "u_99887"}), a_response(), at_us=4),
    ]

    rows = make_pack(tmp_path, exchanges).table("bindings").to_pylist()

    user = {"producer": 0, "at": "/user/id", "value": "u_99887"}
    assert rows == [
        {**user, "consumer": 1, "location": "path", "pointer": "user_id"},
        {
            "producer": 0,
            "at": "/tokens/1/t",
            "consumer": 1,
            "location": "header",
            "pointer": "authorization",
            "value": "tok_123456",
        },
        {**user, "consumer": 3, "location": "body", "pointer": "/by"},
        {**user, "consumer": 4, "location": "body", "pointer": "/by"},
    ]


def test_what_http_cannot_carry_or_was_cut_off_gives_nothing(tmp_path: Path) -> None:
    told = a_response(json={"id": "ord_11111"})
    exchanges = [
        an_exchange("1", a_request("POST", "/orders"), told),
        an_exchange("2", a_request("GET", "/orders/ord_11111"), a_response(), at_us=1),
        an_exchange("3", a_request("HEAD", "/orders"), told, at_us=2, session="s2"),
        an_exchange("4", a_request("POST", "/orders"), told, at_us=3, session="s2", failure=FailureKind.TRUNCATED),
        an_exchange("5", a_request("GET", "/orders/ord_11111"), a_response(), at_us=4, session="s2"),
    ]

    rows = make_pack(tmp_path, exchanges).table("bindings").to_pylist()

    assert [(row["producer"], row["consumer"]) for row in rows] == [(0, 1), (0, 4)]
