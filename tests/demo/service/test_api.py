from __future__ import annotations

import gzip
from typing import Any

import orjson
import pytest

from smartsandbox.demo.service.api import Reset
from smartsandbox.demo.service.weather import Fault


def test_every_error_has_the_same_shape_and_the_request_id_of_its_header(shop: Any) -> None:
    response = shop.raw("GET", "/v1/nothing")
    error = orjson.loads(response.body)["error"]
    assert sorted(error) == ["code", "message", "param", "request_id", "type"]
    assert dict(response.headers)["x-request-id"] == error["request_id"]
    assert (response.status, error["code"]) == (404, "unknown_path")


def test_a_wrong_method_is_told_the_right_ones(shop: Any) -> None:
    response = shop.raw("DELETE", "/v1/accounts")
    assert (response.status, dict(response.headers)["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("body", [b'{"a":', b"[1]", b"\xff", b'"text"'])
def test_a_body_that_is_no_json_object_is_400(shop: Any, error_code: Any, body: bytes) -> None:
    assert error_code(shop.call("POST", "/v1/sessions", body)) == (400, "malformed_body")


def test_a_large_answer_is_gzipped_for_those_who_accept_it(shop: Any) -> None:
    plain = shop.raw("GET", "/v1/accounts", token=shop.staff.api_token)
    packed = shop.raw("GET", "/v1/accounts", token=shop.staff.api_token, accept_encoding="br, gzip")
    assert gzip.decompress(packed.body) == plain.body
    assert dict(packed.headers)["content-encoding"] == "gzip"
    assert dict(packed.headers)["content-length"] == str(len(packed.body))


def test_an_entity_tag_that_still_holds_gets_304_without_a_body(shop: Any) -> None:
    target, token = f"/v1/accounts/{shop.account_and_card()[0]}", shop.settled.api_token
    tag = dict(shop.raw("GET", target, token=token).headers)["etag"]
    again = shop.raw("GET", target, token=token, if_none_match=tag)
    assert (again.status, again.body) == (304, b"")
    shop.call("PATCH", target, {"phone": "+447400111222"}, token)
    assert shop.raw("GET", target, token=token, if_none_match=tag).status == 200


def test_asking_too_fast_is_throttled_and_a_second_later_it_is_not(shop: Any) -> None:
    responses = [shop.raw("GET", "/v1/accounts", token=shop.settled.api_token) for _ in range(30)]
    assert [response.status for response in responses[:10]] == [200] * 10
    refused = next(response for response in responses if response.status == 429)
    assert dict(refused.headers)["retry-after"] == "1"
    shop.clock.advance(1.0)
    assert shop.raw("GET", "/v1/accounts", token=shop.settled.api_token).status == 200


def test_a_fault_is_answered_as_an_api_error_and_changes_nothing(shop: Any, error_code: Any) -> None:
    shop.account_and_card()
    shop.weather.fault = Fault.UNAVAILABLE
    before = len(shop.api.store.payments)
    answer = shop.call("POST", "/v1/payments", {}, shop.settled.api_token)
    assert error_code(answer) == (503, "service_unavailable")
    assert len(shop.api.store.payments) == before


def test_a_reset_leaves_nothing_in_flight(shop: Any) -> None:
    shop.weather.fault = Fault.RESET
    with pytest.raises(Reset):
        shop.raw("GET", "/v1/health")
    assert shop.api.in_flight == 0


def test_serving_takes_the_endpoints_time(shop: Any) -> None:
    shop.raw("GET", "/v1/health")
    quick = shop.clock.now()
    shop.raw("POST", "/v1/sessions", {"email": "a@b.com"})
    assert 0 < quick < shop.clock.now() - quick
