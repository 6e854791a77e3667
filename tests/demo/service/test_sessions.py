from __future__ import annotations

from typing import Any

from smartsandbox.demo.service.tokens import LIFETIME_S


def _sign_in(shop: Any) -> tuple[int, Any]:
    body = {"email": shop.settled.email.upper().lower(), "password": shop.settled.password}
    status, answer = shop.call("POST", "/v1/sessions", body)
    return status, answer


def test_signing_in_gives_a_token_that_opens_the_customers_own_profile(shop: Any) -> None:
    status, session = _sign_in(shop)
    me = f"/v1/customers/{shop.settled.customer_id}"
    assert status == 201
    assert shop.call("GET", me, token=session["token"])[1]["birth_date"] == shop.settled.birth_date.isoformat()


def test_signing_in_sets_a_session_cookie(shop: Any) -> None:
    body = {"email": shop.settled.email, "password": shop.settled.password}
    headers = dict(shop.raw("POST", "/v1/sessions", body).headers)
    assert headers["set-cookie"].startswith("hp_session=s_")


def test_a_wrong_password_names_the_e_mail_and_is_401(shop: Any) -> None:
    status, answer = shop.call("POST", "/v1/sessions", {"email": shop.settled.email, "password": "no"})
    assert status == 401
    assert answer["error"]["message"].endswith(shop.settled.email)


def test_a_token_expires(shop: Any, error_code: Any) -> None:
    token = _sign_in(shop)[1]["token"]
    shop.clock.advance(LIFETIME_S)
    assert error_code(shop.call("GET", "/v1/accounts", token=token)) == (401, "token_expired")


def test_a_forged_token_is_refused(shop: Any, error_code: Any) -> None:
    token = _sign_in(shop)[1]["token"]
    for forged in (token[:-2] + "AA", "nonsense", "a.b.c", "hpk_live_unknown", "é"):
        assert error_code(shop.call("GET", "/v1/accounts", token=forged)) == (401, "invalid_token")


def test_no_token_is_answered_with_a_challenge(shop: Any) -> None:
    response = shop.raw("GET", "/v1/accounts")
    assert response.status == 401
    assert dict(response.headers)["www-authenticate"].startswith("Bearer ")


def test_a_customer_does_not_see_another(shop: Any, error_code: Any) -> None:
    other = f"/v1/customers/{shop.newcomer.customer_id}"
    assert error_code(shop.call("GET", other, token=shop.settled.api_token)) == (404, "resource_missing")
    assert shop.call("GET", other, token=shop.staff.api_token)[0] == 200
