"""Values followed from answers into later requests, each kind by a table worked out by hand."""

from __future__ import annotations

import pytest

from smartsandbox.packs.follow import Follower, looks_issued
from smartsandbox.packs.model import Headers
from smartsandbox.packs.places import leaves
from smartsandbox.packs.slots import Slot, slots
from smartsandbox.packs.testing import a_request, a_response

JSON: Headers = (("Content-Type", "application/json"),)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("acct_1Bx92k", True),
        ("9007199254740993", True),
        ("eyJhbGciOi.J9x.y-_", True),
        ("card_qcaOpJdysGnklBNC", True),
        ("payment_intent", False),
        ("invoice_paymentFailed", False),
        ("succeeded", False),
        ("12345", False),
        ("2026-01-31T10:00:00Z", False),
        ("1700000000", False),
        ("Ann Smith 12", False),
    ],
)
def test_an_issued_value_is_told_from_a_word_and_a_time(value: str, expected: bool) -> None:
    assert looks_issued(value) is expected


def sources(answer: Headers, body: bytes, asked: list[Slot], *, path: str = "/orders", again: str = "") -> list[str]:
    """From where the slots of a request to `again` take their values, after one answer at `path`."""
    follower: Follower[int] = Follower()
    follower.answered(1, leaves(answer, body), path, f"POST {path}")
    return [source[1].at if source else "" for _, source in follower.asked(asked, again or path)]


@pytest.mark.parametrize(
    ("headers", "body", "slot", "source"),
    [
        ((), b'{"id":"ord_12345"}', Slot("path", "order_id", "ord_12345"), "/id"),
        ((), b'{"data":[{"id":"x"},{"id":"ord_12345"}]}', Slot("body", "/order", "ord_12345"), "/data/1/id"),
        ((), b'{"id":17}', Slot("path", "order_id", "17"), "/id"),
        ((), b'{"order":{"id":17}}', Slot("query", "orderId", "17"), "/order/id"),
        ((), b'{"data":[{"id":17}]}', Slot("path", "order_id", "17"), "/data/0/id"),
        ((), b'{"id":17}', Slot("body", "/pay/order", "17"), "/id"),
        ((), b'{"id":17}', Slot("body", "/orders/*", "17"), "/id"),
        ((), b'{"id":17}', Slot("body", "/count", "17"), ""),
        ((), b'{"word":"open"}', Slot("header", "x-state", "open"), None),
        ((), b'{"user":{"id":17}}', Slot("path", "order_id", "17"), ""),
        ((), b'{"count":17}', Slot("path", "order_id", "17"), ""),
        ((), b'{"next":"/orders?after=c_123456&n=2"}', Slot("query", "after", "c_123456"), "url:query/after:/next"),
        (
            (),
            b'{"next":"/orders?after=ord_12345","data":[{"id":"ord_12345"}]}',
            Slot("query", "after", "ord_12345"),
            "url:query/after:/next",
        ),
        (
            (),
            b'{"next":"/orders?after=ord_12345","data":[{"id":"ord_12345"}]}',
            Slot("path", "order_id", "ord_12345"),
            "/data/0/id",
        ),
        (
            (("Location", "https://h/orders/ord_12345"),),
            b"",
            Slot("path", "order_id", "ord_12345"),
            "url:path/-1:header:location",
        ),
        (
            (("Link", '<https://h/o?page=tok_123456>; rel="next"'),),
            b"",
            Slot("query", "page", "tok_123456"),
            "url:query/page:link:next",
        ),
        ((("Set-Cookie", "sid=a; Path=/; HttpOnly"),), b"", Slot("cookie", "sid", "a"), "cookie:sid"),
        ((("Set-Cookie", "sid=a"),), b"", Slot("cookie", "other", "a"), ""),
        ((("Set-Cookie", "csrf=t0ken123"),), b"", Slot("header", "x-csrf-token", "t0ken123"), "cookie:csrf"),
        ((("ETag", '"1"'),), b"", Slot("header", "if-match", '"1"'), "header:etag"),
        (
            (("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT"),),
            b"",
            Slot("header", "if-modified-since", "Tue, 14 Nov 2023 22:13:20 GMT"),
            "header:last-modified",
        ),
        ((("X-Auth-Token", "tok_123456"),), b"", Slot("header", "authorization", "tok_123456"), "header:x-auth-token"),
        ((("Server", "nginx/1.25.3"),), b"", Slot("header", "x-proxy", "nginx/1.25.3"), ""),
    ],
)
def test_where_a_value_came_from(headers: Headers, body: bytes, slot: Slot, source: str | None) -> None:
    assert sources(headers, body, [slot]) == ([] if source is None else [source])


def test_a_validator_belongs_to_its_path() -> None:
    asked = [Slot("header", "if-none-match", '"1"')]

    assert sources((("ETag", '"1"'),), b"", asked, again="/orders/2") == [""]


def test_the_first_answer_issued_an_id_and_the_last_one_set_a_cookie() -> None:
    follower: Follower[str] = Follower()
    for tag in ("first", "last"):
        follower.answered(tag, leaves((("Set-Cookie", "sid=a"),), b'{"id":"ord_12345"}'), "/o", "GET /o")
    asked = [Slot("query", "id", "ord_12345"), Slot("cookie", "sid", "a")]

    assert [source[0] if source else "" for _, source in follower.asked(asked, "/o")] == ["first", "last"]


def test_the_slots_of_a_request() -> None:
    request = a_request(
        "POST",
        "/orders/o%201/items?after=c",
        json={"a": [{"b": 1}]},
        headers=(
            ("Authorization", "Bearer t"),
            ("Cookie", "a=1; b=2"),
            ("If-None-Match", '"x", "y"'),
            ("X-Key", "k"),
            ("Accept", "no"),
        ),
    )

    assert [tuple(slot) for slot in slots(request, "POST /orders/{order_id}/items")] == [
        ("path", "order_id", "o 1"),
        ("query", "after", "c"),
        ("header", "authorization", "t"),
        ("cookie", "a", "1"),
        ("cookie", "b", "2"),
        ("header", "if-none-match", '"x"'),
        ("header", "if-none-match", '"y"'),
        ("header", "x-key", "k"),
        ("body", "/a/*/b", "1"),
    ]


def test_a_form_s_fields_are_slots() -> None:
    headers = (("Content-Type", "application/x-www-form-urlencoded"),)
    found = slots(a_request("POST", "/f", body=b"a=1&b=x+y", headers=headers), "POST /f")

    assert [tuple(slot) for slot in found] == [("body", "a", "1"), ("body", "b", "x y")]


def test_an_answer_without_anything_to_follow_gives_nothing() -> None:
    assert list(leaves(a_response().headers, b"<html>")) == []
