from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.store import Store
from smartsandbox.server import service
from smartsandbox.server.errors import DamagedItemError, UnknownItemError
from smartsandbox.server.models.fixture import FixtureQuery

VERSION = "2f1d9c04b7aa"


@pytest.fixture
def own(shop: Path, tmp_path: Path) -> Store:
    """A copy of the shop that a test may damage."""
    shutil.copytree(shop, tmp_path / "own")
    return Store(str(tmp_path / "own"))


def file_of(store: Store, name: str) -> Path:
    return Path(store.list("fixtures")[0].url) / name


def test_a_set_is_summarised_by_its_tables(shop: Path) -> None:
    (found,) = service.list_fixtures(Store(str(shop)), FixtureQuery()).items
    assert (found.state, found.synthesizer, found.certificate) == ("ready", "empirical", "passed")
    assert {"account", "payment"} <= {entity.name for entity in found.entities}
    assert found.rows == sum(entity.rows for entity in found.entities)


@pytest.mark.parametrize(("text", "count"), [("pay", 1), ("ACCOUNT", 1), ("nothing", 0)])
def test_a_set_is_found_by_its_name_or_an_entity(shop: Path, text: str, count: int) -> None:
    assert service.list_fixtures(Store(str(shop)), FixtureQuery(q=text)).total == count


def test_a_set_tells_its_canonical_entities(shop: Path) -> None:
    detail = service.get_fixture(Store(str(shop)), "payments", VERSION)
    assert "acct_demo_gold" in {entity.id for entity in detail.canonical}
    assert {"trace", "certificate"} <= detail.inputs.keys()


def test_rows_come_in_windows(shop: Path) -> None:
    store = Store(str(shop))
    whole = service.fixture_rows(store, "payments", VERSION, "account", 200, 0)
    part = service.fixture_rows(store, "payments", VERSION, "account", 2, 3)
    assert len(whole.rows) == whole.total
    assert part.rows == whole.rows[3:5]
    assert service.fixture_rows(store, "payments", VERSION, "account", 2, 10_000).rows == []


def test_an_entity_that_the_set_has_not_is_unknown(shop: Path) -> None:
    with pytest.raises(UnknownItemError, match="no entity of that name: it has account"):
        service.fixture_rows(Store(str(shop)), "payments", VERSION, "secrets", 2, 0)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"tables": 3}, "its manifest is damaged"),
        ({"format": None}, "its manifest is damaged"),
        ({"format": 99}, "its format is newer than 2"),
        ({"format": 1}, "its format 1 was not signed; publish it again"),
        ({"seed": 99}, "its manifest was changed after publishing"),
        ({"version": "x"}, "its manifest names another set or version"),
    ],
)
def test_a_set_with_a_damaged_manifest_is_listed_with_the_reason(
    own: Store, fields: dict[str, Any], reason: str
) -> None:
    manifest = file_of(own, "manifest.json")
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **fields}))
    (found,) = service.list_fixtures(own, FixtureQuery()).items
    assert found.state == "damaged"
    assert (found.problem or "").startswith(reason)
    assert service.get_fixture(own, "payments", VERSION).summary.state == "damaged"


def test_a_set_with_a_changed_file_is_found_out_when_it_is_opened(own: Store) -> None:
    file_of(own, "account.jsonl").write_text("{}\n")
    detail = service.get_fixture(own, "payments", VERSION)
    assert (detail.summary.state, detail.resources) == ("damaged", [])
    assert (detail.summary.problem or "").startswith("account.jsonl was changed after publishing")
    with pytest.raises(DamagedItemError):
        service.fixture_bundle(own, "payments", VERSION)


def test_a_set_without_its_certificate_has_no_evidence(own: Store) -> None:
    file_of(own, "certificate.json").unlink()
    with pytest.raises(DamagedItemError, match="its certificate is missing or damaged"):
        service.fixture_evidence(own, "payments", VERSION)
