"""Correlation links mined from sessions."""

from __future__ import annotations

from smartsandbox.packs.links import mine_links
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.testing import a_request, a_response, an_exchange, with_endpoints

LOGIN = an_exchange(
    "1", a_request("POST", "/login"), a_response(json={"token": "tok_123456", "user": {"id": "u_99887"}})
)
BEARER = (("Authorization", "Bearer tok_123456"),)


def journey(session: str = "s1") -> list[Exchange]:
    return with_endpoints(
        [
            LOGIN,
            an_exchange(
                "2",
                a_request("GET", "/users/u_99887", headers=BEARER),
                a_response(json=[{"card": "card_42x9"}]),
                at_us=1,
            ),
            an_exchange(
                "3",
                a_request("POST", "/pay", json={"from": {"card": "card_42x9"}}),
                a_response(),
                at_us=2,
                session=session,
            ),
            an_exchange(
                "4",
                a_request("POST", "/pay", json={"from": {"card": "card_other1"}}),
                a_response(),
                at_us=3,
                session=session,
            ),
        ]
    )


def test_a_value_is_followed_into_path_header_and_body() -> None:
    found = {
        (r["producer_pointer"], r["consumer_location"], r["consumer_pointer"]): (r["support"], r["confidence"])
        for r in mine_links(journey())
    }

    assert found == {
        ("/token", "header", "authorization"): (1, 1.0),
        ("/user/id", "path", "user_id"): (1, 1.0),
        ("/*/card", "body", "/from/card"): (1, 0.5),
    }


def test_another_sessions_value_is_not_a_producer() -> None:
    assert not [r for r in mine_links(journey("s2")) if r["consumer_location"] == "body"]


def test_a_query_and_a_form_are_followed() -> None:
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    exchanges = with_endpoints(
        [
            an_exchange("1", a_request("GET", "/list"), a_response(json={"next": "cursor_12345"})),
            an_exchange("2", a_request("GET", "/list?after=cursor_12345"), a_response(), at_us=1),
            an_exchange("3", a_request("POST", "/f", body=b"c=cursor_12345", headers=form), a_response(), at_us=2),
        ]
    )

    assert [(r["consumer_location"], r["consumer_pointer"]) for r in mine_links(exchanges)] == [
        ("query", "after"),
        ("body", "c"),
    ]


def test_what_the_client_sent_first_was_not_issued_by_an_answer_that_repeats_it() -> None:
    exchanges = with_endpoints(
        [
            an_exchange(
                "1", a_request("POST", "/orders", json={"ref": "inv-2024-7"}), a_response(json={"ref": "inv-2024-7"})
            ),
            an_exchange("2", a_request("GET", "/orders?ref=inv-2024-7"), a_response(), at_us=1),
        ]
    )

    assert mine_links(exchanges) == []
