from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import Any

import pytest

from smartsandbox.demo.service.deliveries import after_attempt
from smartsandbox.demo.service.dispatcher import Dispatcher
from smartsandbox.demo.service.http import HttpRequest
from smartsandbox.demo.service.receiver import Receiver
from smartsandbox.demo.service.records import Attempt, Delivery
from smartsandbox.demo.service.webhooks import endpoint_of, sign, signature_ok

SECRET = b"a published secret"


def test_the_signature_is_the_hmac_of_timestamp_dot_payload() -> None:
    expected = hmac.new(SECRET, b'1000.{"a":1}', hashlib.sha256).hexdigest()
    assert sign('{"a":1}', SECRET, 1000.9) == f"t=1000,v1={expected}"


@pytest.mark.parametrize(
    ("payload", "secret", "now", "ok"),
    [("p", SECRET, 1300, True), ("q", SECRET, 1300, False), ("p", b"x", 1300, False), ("p", SECRET, 1301, False)],
)
def test_a_signature_holds_for_its_bytes_and_key_and_five_minutes(
    payload: str, secret: bytes, now: int, ok: bool
) -> None:
    assert signature_ok(sign("p", SECRET, 1000), payload, secret, now) is ok


def test_a_malformed_signature_is_not_ok() -> None:
    assert not signature_ok("v1=00", "p", SECRET, 0)


def test_a_merchants_name_becomes_a_host() -> None:
    assert endpoint_of("Copper Kettle Ltd") == "https://hooks.copper-kettle-ltd.test/harbourpay"


def test_a_delivery_is_dead_after_the_third_failure() -> None:
    delivery = Delivery("wh_1", "cus_1", "x", "https://h.test/", "{}", "pending", (), 0)
    states = []
    for _ in range(3):
        delivery = after_attempt(delivery, Attempt(0.0, 503, 1))
        states.append(delivery.status)
    assert states == ["pending", "pending", "dead"]
    assert after_attempt(delivery, Attempt(0.0, 200, 1)).status == "delivered"


def _dispatch(shop: Any, answers: list[int | None]) -> Delivery:
    identifier = shop.delivered[0]

    async def post(endpoint: str, body: bytes, headers: tuple[tuple[str, str], ...]) -> int | None:
        assert signature_ok(dict(headers)["Webhook-Signature"], body.decode(), SECRET, shop.api.now)
        return answers.pop(0)

    async def send() -> None:
        dispatcher = Dispatcher(shop.api.store, post, SECRET, shop.clock, shop.api.epoch)
        dispatcher.deliver(identifier)
        await dispatcher.settle()

    asyncio.run(send())
    delivery: Delivery = shop.api.store.deliveries[identifier]
    return delivery


def test_a_delivery_is_tried_again_with_growing_pauses_until_it_is_taken(shop: Any) -> None:
    shop.pay()
    delivery = _dispatch(shop, [503, None, 200])
    first, second, third = (attempt.at for attempt in delivery.attempts)
    assert (delivery.status, [attempt.status for attempt in delivery.attempts]) == ("delivered", [503, None, 200])
    assert (second - first, third - second) == pytest.approx((0.2, 0.4))


def test_a_dead_delivery_can_be_sent_again_by_hand(shop: Any, error_code: Any) -> None:
    shop.pay()
    target, token = f"/v1/webhook_deliveries/{shop.delivered[0]}/redeliver", shop.settled.api_token
    assert error_code(shop.call("POST", target, token=token)) == (409, "delivery_pending")
    assert _dispatch(shop, [500, 500, 500]).status == "dead"
    assert shop.call("POST", target, token=token)[0] == 202
    assert _dispatch(shop, [200]).status == "delivered"
    listed = shop.call("GET", "/v1/webhook_deliveries?status=delivered", token=token)[1]["data"]
    assert [len(delivery["attempts"]) for delivery in listed] == [4]


def test_the_receiver_takes_what_is_signed_and_refuses_the_rest(shop: Any) -> None:
    receiver = Receiver(1, SECRET, shop.clock, shop.api.epoch)
    good = {"webhook-id": "wh_1", "webhook-signature": sign("{}", SECRET, shop.api.now)}
    bad = {**good, "webhook-signature": sign("[]", SECRET, shop.api.now)}

    def answer(headers: dict[str, str]) -> int:
        return asyncio.run(receiver.serve(HttpRequest("POST", "/harbourpay", {}, headers, b"{}"))).status

    assert {answer(good) for _ in range(60)} == {200, 503}
    assert {answer(bad) for _ in range(60)} == {400, 503}
    assert set(receiver.accepted) == {"wh_1"}
