"""Withdrawn items in the catalogue: still named, with the reason, and nothing of them handed out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from smartsandbox.packs.store import FIXTURES, PACKS, Item, Store
from smartsandbox.server import service
from smartsandbox.server.errors import UnknownItemError, WithdrawnItemError
from smartsandbox.server.models.fixture import FixtureQuery
from smartsandbox.server.models.pack import PackQuery

Publish = Callable[..., Item]
NOW = datetime(2026, 1, 31, tzinfo=UTC)
WORDS = "it was withdrawn on 2026-01-31 (erasure)"


@pytest.fixture
def gone(store: Store, publish: Publish) -> Item:
    publish("kept")
    item = publish("payments")
    store.withdraw(PACKS, item.ref, "erasure", NOW)
    return item


def test_a_withdrawn_pack_is_listed_with_the_reason_and_not_counted(store: Store, gone: Item) -> None:
    kept, withdrawn = service.list_packs(store, PackQuery()).items

    assert (kept.name, kept.state) == ("kept", "ready")
    assert (withdrawn.name, withdrawn.state, withdrawn.problem) == ("payments", "withdrawn", WORDS)
    assert service.health(store).packs == 1


def test_a_withdrawn_pack_is_described_and_does_not_hold(store: Store, gone: Item) -> None:
    detail = service.get_pack(store, gone.name, gone.version)

    assert (detail.summary.state, detail.resources) == ("withdrawn", [])
    assert service.verify_pack(store, gone.name, gone.version).problems == [WORDS]


@pytest.mark.parametrize("ask", [service.pack_bundle, service.pack_evidence])
def test_nothing_of_a_withdrawn_pack_is_handed_out(store: Store, gone: Item, ask: Callable[..., Any]) -> None:
    with pytest.raises(WithdrawnItemError, match="was withdrawn on 2026-01-31"):
        ask(store, gone.name, gone.version)


def test_another_version_of_a_withdrawn_pack_is_unknown(store: Store, gone: Item) -> None:
    with pytest.raises(UnknownItemError):
        service.get_pack(store, gone.name, "9.9")


def test_a_withdrawn_fixture_set_is_listed_and_described(store: Store, publish: Publish) -> None:
    item = publish("payments")
    store.put(FIXTURES, store.local(item), "payments", "1.0")
    store.withdraw(FIXTURES, "payments@1.0", "erasure", NOW)

    (listed,) = service.list_fixtures(store, FixtureQuery()).items
    assert (listed.state, listed.problem) == ("withdrawn", WORDS)
    assert service.get_fixture(store, "payments", "1.0").summary.state == "withdrawn"
    with pytest.raises(WithdrawnItemError):
        service.fixture_bundle(store, "payments", "1.0")
