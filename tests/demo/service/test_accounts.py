from __future__ import annotations

from typing import Any

import pytest

from smartsandbox.demo.service.records import iso
from smartsandbox.demo.service.seeding import holder_of


def _body(person: Any) -> dict[str, Any]:
    return {"currency": person.currency, "iban": person.iban, "holder": holder_of(person).to_json()}


def test_an_opened_account_is_listed_and_shown(shop: Any) -> None:
    token = shop.newcomer.api_token
    status, account = shop.call("POST", "/v1/accounts", _body(shop.newcomer), token)
    assert (status, account["status"], account["holder"]["email"]) == (201, "active", shop.newcomer.email)
    assert shop.call("GET", "/v1/accounts", token=token)[1]["data"] == [account]
    assert shop.call("GET", f"/v1/accounts/{account['id']}", token=token) == (200, account)


def test_opening_an_account_emits_a_webhook(shop: Any) -> None:
    shop.call("POST", "/v1/accounts", _body(shop.newcomer), shop.newcomer.api_token)
    assert [shop.api.store.deliveries[found].event_type for found in shop.delivered] == ["account.opened"]


def test_a_second_account_in_the_same_currency_is_a_conflict(shop: Any, error_code: Any) -> None:
    assert error_code(shop.call("POST", "/v1/accounts", _body(shop.settled), shop.settled.api_token)) == (
        409,
        "account_exists",
    )


@pytest.mark.parametrize(
    ("change", "status", "code", "param"),
    [
        ({"currency": None}, 400, "parameter_missing", "currency"),
        ({"currency": "XXX"}, 422, "invalid_currency", "currency"),
        ({"iban": "GB00WEST12345698765432"}, 422, "invalid_iban", "iban"),
        ({"holder": "me"}, 422, "invalid_holder", "holder"),
        ({"holder": {"name": "A"}}, 400, "parameter_missing", "email"),
    ],
)
def test_a_wrong_field_is_named(shop: Any, change: dict[str, Any], status: int, code: str, param: str) -> None:
    found, answer = shop.call("POST", "/v1/accounts", _body(shop.newcomer) | change, shop.newcomer.api_token)
    assert (found, answer["error"]["code"], answer["error"]["param"]) == (status, code, param)


def test_staff_page_through_every_account_newest_first(shop: Any) -> None:
    target, seen = "/v1/accounts?limit=4", []
    while target:
        listed = shop.call("GET", target, token=shop.staff.api_token)[1]
        seen += listed["data"]
        target = listed["next"]
    assert [account["id"] for account in seen] == list(shop.api.store.accounts)[::-1]
    assert [account["created"] for account in seen] == sorted((a["created"] for a in seen), reverse=True)


def test_staff_find_an_account_by_e_mail(shop: Any) -> None:
    listed = shop.call("GET", f"/v1/accounts?email={shop.settled.email}", token=shop.staff.api_token)[1]
    assert [account["customer"] for account in listed["data"]] == [shop.settled.customer_id]


def test_a_bound_on_creation_time_filters(shop: Any) -> None:
    middle = sorted(account.created for account in shop.api.store.accounts.values())[5]
    late = shop.call("GET", f"/v1/accounts?created[gte]={middle}&limit=100", token=shop.staff.api_token)[1]["data"]
    early = shop.call("GET", f"/v1/accounts?created[lt]={middle}&limit=100", token=shop.staff.api_token)[1]["data"]
    assert len(early) == 5
    assert len(late) + len(early) == len(shop.api.store.accounts)


def test_an_unknown_cursor_and_a_bad_limit_are_explained(shop: Any, error_code: Any) -> None:
    token = shop.staff.api_token
    assert error_code(shop.call("GET", "/v1/accounts?starting_after=acct_no", token=token)) == (400, "resource_missing")
    assert error_code(shop.call("GET", "/v1/accounts?limit=0", token=token)) == (422, "invalid_limit")


def test_another_customers_account_is_not_found_and_the_message_names_it(shop: Any) -> None:
    account, _ = shop.account_and_card()
    status, answer = shop.call("GET", f"/v1/accounts/{account}", token=shop.newcomer.api_token)
    assert (status, answer["error"]["message"]) == (404, f"account {account} not found")


def test_a_changed_phone_number_is_kept(shop: Any, error_code: Any) -> None:
    account, _ = shop.account_and_card()
    target, token = f"/v1/accounts/{account}", shop.settled.api_token
    assert shop.call("PATCH", target, {"phone": "+447400111222"}, token)[1]["holder"]["phone"] == "+447400111222"
    assert error_code(shop.call("PATCH", target, {}, token)) == (400, "nothing_to_change")
    assert error_code(shop.call("PATCH", target, {"phone": "07400"}, token)) == (422, "invalid_phone")


def test_ledger_numbers_are_beyond_what_a_float_holds(shop: Any) -> None:
    account, _ = shop.account_and_card()
    entries = shop.call("GET", f"/v1/accounts/{account}/ledger", token=shop.settled.api_token)[1]["data"]
    assert all(entry["id"] > 2**53 for entry in entries)


def test_instants_are_written_in_utc_with_milliseconds() -> None:
    assert iso(0.25) == "1970-01-01T00:00:00.250Z"
