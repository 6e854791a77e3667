from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from smartsandbox.packs.store import PACKS, Store


@pytest.fixture
def site(store: Store, publish: Callable[..., Any], of_store: Callable[[], Any]) -> Any:
    publish("payments")
    store.withdraw(PACKS, "payments@1", "erasure", datetime(2026, 1, 31, tzinfo=UTC))
    return of_store()


@pytest.mark.parametrize("path", ["/", "/packs/payments/1"])
def test_a_page_says_that_a_pack_was_withdrawn_and_offers_no_use(site: Any, path: str) -> None:
    page = site.get(path)

    assert page.status_code == 200
    assert "Withdrawn" in page.text
    assert "was withdrawn on 2026-01-31 (erasure)" in page.text
    assert "/download" not in page.text
    assert "Unreadable" not in page.text


def test_what_was_withdrawn_is_gone_for_a_program(site: Any) -> None:
    answer = site.get("/api/v1/packs/payments/versions/1/download")

    assert (answer.status_code, answer.json()["type"]) == (410, "/problems/withdrawn-item")
    assert site.get("/problems/withdrawn-item").status_code == 200
